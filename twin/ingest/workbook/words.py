"""The words that the workbook's columns of choice know: key, Chinese, and what else people write."""

from twin.ingest.workbook.fields import Choice, choices
from twin.model.devices import KINDS

BUILDING_USES = choices(
    "residential=住宅 school=学校 kindergarten=幼儿园 clinic=医疗 market=市场 mall=商场 "
    "party_centre=党群服务中心 office=办公 public=公共 unknown=未知"
)
BUILDING_FORMS = choices("walkup=多层 tower=高层 podium=裙楼 public=公建 other=其他")
GRID_TYPES = choices(
    "gated_compound=城镇建制小区 shops=商业店铺 village_group=农村村组 institution=企事业单位 "
    "scattered_courtyard=散居院落"
)
UNIT_USES = choices("dwelling=住宅 shop=商铺 office=办公 storage=仓储 other=其他")
UNIT_STATES = choices("occupied=自住=有人 rented=出租 vacant=空置 commercial=经营")
FACILITIES = choices(
    "party_centre=党群服务中心 clinic=卫生服务站 pharmacy=药店 elder_care=养老服务 school=学校 "
    "kindergarten=幼儿园 childcare_place=托育点 market=菜市场 convenience=便利店 restaurant=餐馆 "
    "police=警务室 park=公园 parking=停车场 charging=充电 toilet=公共厕所 parcel=快递"
)
TRAVEL = choices("foot=步行 ebike=电动自行车=电瓶车")
SEXES = choices("1=男=male=m 2=女=female=f")
KINSHIP = choices(
    "head=户主=本人 spouse=配偶 child=子女=儿子=女儿 parent=父母=父亲=母亲 grandchild=孙子女 other=其他"
)
TENURE = choices("owner=产权人=业主 tenant=租户 family=家属 other=其他")
HUKOU = choices("01=人户一致 02=人户分离")
LEVELS = choices("red=红色=红 orange=橙色=橙 yellow=黄色=黄 blue=蓝色=蓝 green=绿色=绿")
DEVICE_KINDS = tuple(Choice(kind.id, kind.title.zh) for kind in KINDS.values())
GRID_KINDS = choices("residential=居住 exclusive=专属=专属网格")
ROLES = choices("steward=微网格员=微网格长 full_time=专职网格员=网格员")
LANE_KINDS = choices("fire_lane=消防通道")
ASSET_KINDS = choices("hydrant=消火栓 gas_valve=燃气阀=燃气阀门")
