"""People in a workbook: known by a number, sealed, masked, erased for good, never half real."""

import pytest

from tests.ingest_workbook.lists import BOUNDS, CODE12, PEOPLE, id_no, lists, write_xlsx
from twin.ingest.files import ImportRefused, init_community
from twin.ingest.workbook import WorkbookOptions, export_workbook, import_workbook
from twin.ingest.workbook.holding import community_of, held
from twin.security import Audit, serve_refusals
from twin.settings import Settings
from twin.store import Store, Vault
from twin.ui.workbooks import give


def total(report, name):
    return {sheet.sheet: getattr(sheet, name) for sheet in report.sheets if getattr(sheet, name)}


def person_id(vault, kind, number):
    return "p-" + vault.pseudonym(f"{CODE12}/{kind}/{number}")


def test_no_name_and_no_number_lies_in_the_clear(bring, store, vault):
    bring(lists())
    store.close()
    held_bytes = b"".join(file.read_bytes() for file in store.home.rglob("*") if file.is_file())
    for secret in ("张大山", "13900000001", PEOPLE["R1"], "独居", "1950-03-09"):
        assert secret.encode() not in held_bytes


def test_a_person_is_another_one_under_another_key(bring, store, tmp_path):
    bring(lists("compounds", "grids", "staff"))
    other = Vault(tmp_path / "elsewhere", tmp_path / "other-key")
    ids = store.read("SELECT person_id FROM staff")["person_id"].to_pylist()
    assert person_id(other, "staff", "w1") not in ids
    other.close()


def test_an_erased_person_does_not_come_back(bring, store, vault, told, counts):
    bring(lists())
    erased = person_id(vault, "resident", "R3")
    vault.destroy(erased)
    report = bring(lists())
    assert told(report, "erased") == [("residents", 4, "no")]
    assert total(report, "unchanged")["residents"] == 2
    assert counts("person") == {"person": 6}


def test_an_erased_person_is_left_out_of_the_export(bring, store, vault, tmp_path):
    bring(lists())
    vault.destroy(person_id(vault, "resident", "R3"))
    report = export_workbook(store, vault, tmp_path / "out", masked=False)
    assert (report.rows["residents"], report.unreadable) == (2, 1)


def test_the_same_file_seals_nobody_anew(bring, store):
    bring(lists())
    before = store.read("SELECT person_id, identity_enc FROM person ORDER BY 1").to_pylist()
    changed = lists()
    changed["residents"][0]["phone"] = "13900000009"
    bring(changed)
    after = store.read("SELECT person_id, identity_enc FROM person ORDER BY 1").to_pylist()
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_what_lies_sealed_and_no_column_knows_is_kept(bring, store, vault):
    bring(lists())
    person = person_id(vault, "resident", "R1")
    identity = held(store, vault, community_of(store, "")).by_key("person")[person]["identity"]
    sealed = vault.seal(person, identity | {"email": "x"})
    store.write(
        lambda tx: tx.execute(
            "UPDATE person SET identity_enc = $sealed WHERE person_id = $id", {"sealed": sealed, "id": person}
        )
    )
    changed = lists("residents")
    changed["residents"][0]["phone"] = "13900000009"
    bring(changed)
    after = held(store, vault, community_of(store, "")).by_key("person")[person]["identity"]
    assert (after["email"], after["phone"]) == ("x", "13900000009")


def test_real_people_make_a_twin_that_is_not_served(bring, store, tmp_path):
    settings = Settings(home=store.home, key_file=tmp_path / "key")
    bring(lists(), demo=True)
    assert serve_refusals(settings, store) == []
    changed = lists()
    changed["residents"][0]["phone"] = "13900000009"
    bring(changed)
    (sentence,) = serve_refusals(settings, store)
    assert "1 real person" in sentence


def test_no_real_person_comes_into_a_twin_that_is_served(bring, counts):
    with pytest.raises(ImportRefused, match="being served without accounts"):
        bring(lists(), is_served=True)
    assert counts("person", "building") == {"person": 0, "building": 0}
    assert bring(lists(), is_served=True, demo=True).written


def test_places_alone_may_come_into_a_twin_that_is_served(bring):
    assert bring(lists("compounds", "buildings"), is_served=True).written


def test_demo_does_not_make_a_real_person_an_invented_one(bring, store, told):
    bring(lists())
    changed = lists()
    changed["residents"][0]["phone"] = "13900000009"
    report = bring(changed, demo=True)
    assert told(report, "real-person") == [("residents", 2, "no")]
    assert store.read("SELECT count(*) AS n FROM person WHERE demo")["n"].to_pylist() == [0]


def test_invented_people_who_stay_as_they_are_need_no_word(bring, told):
    demo = lists()
    demo["residents"][2]["id_no"] = id_no("99010119800101003")
    bring(demo, demo=True)
    report = bring(demo)
    assert not report.written and total(report, "rejected") == {}
    demo["residents"][2]["phone"] = None
    assert told(bring(demo), "demo-id-no") == [("residents", 4, "id_no")]


def test_an_export_says_whether_it_is_invented(bring, store, vault, tmp_path):
    bring(lists("compounds", "grids", "staff"), demo=True)
    export_workbook(store, vault, tmp_path / "demo", masked=False)
    assert "演示数据,是" in (tmp_path / "demo" / "说明.csv").read_text("utf-8-sig")
    bring(lists())
    export_workbook(store, vault, tmp_path / "real", masked=False)
    assert "演示数据,否" in (tmp_path / "real" / "说明.csv").read_text("utf-8-sig")


def test_an_export_without_a_reason_shows_no_person(bring, store, vault, tmp_path):
    bring(lists())
    export_workbook(store, vault, tmp_path / "out", masked=True)
    files = [file for file in (tmp_path / "out").iterdir() if file.stem != "说明"]
    said = "".join(file.read_text("utf-8-sig") for file in files)
    for secret in ("张大山", "13900000001", PEOPLE["R1"], "独居", "1950-03-09", "R1,three"):
        assert secret not in said
    residents = (tmp_path / "out" / "居民.csv").read_text("utf-8-sig").splitlines()
    assert (
        residents[1]
        == f"R1,张**,男,1950s,1***************{PEOPLE['R1'][-2:]},139****0001,H1,b1 1F,户主,产权人,人户一致,"
        + (residents[1].rsplit(",", 1)[1])
    )
    care = (tmp_path / "out" / "关爱.csv").read_text("utf-8-sig").splitlines()
    assert care[1].startswith("***,three_colour,红色,***,")


def test_a_masked_export_is_not_taken_back(bring, store, vault, tmp_path):
    bring(lists())
    export_workbook(store, vault, tmp_path / "out", masked=True)
    with pytest.raises(ImportRefused, match="masked"):
        bring(tmp_path / "out")


def test_who_asked_for_the_names_and_why_is_written_down(bring, store, tmp_path):
    bring(lists())
    settings = Settings(home=store.home, key_file=tmp_path / "key")
    masked = give(store, settings, {"file": str(tmp_path / "masked.xlsx"), "by": "li"})
    assert masked["ok"] and masked["data"]["masked"]
    whole = give(store, settings, {"file": str(tmp_path / "whole.xlsx"), "reason": "年度核对", "by": "li"})
    assert whole["ok"] and not whole["data"]["masked"]
    audit = Audit(store.home)
    rows = [(row.actor, row.action, row.object) for row in audit.rows()]
    audit.close()
    assert rows == [("li", "workbook.export", f"{tmp_path / 'whole.xlsx'}: 年度核对")]


def test_an_export_that_cannot_be_written_is_not_named(bring, store, vault, tmp_path):
    (tmp_path / "there.xlsx").write_bytes(b"")
    for path in (tmp_path / "there.xlsx", tmp_path / "none" / "out.xlsx", tmp_path / "out.pdf"):
        with pytest.raises(ImportRefused):
            export_workbook(store, vault, path, masked=True)


def test_two_imports_of_one_number_in_two_communities_are_two_people(tmp_path, bring, vault, store):
    bring(lists("grids", "staff"))
    store_b = Store.open(tmp_path / "b")
    init_community(store_b, "510115006002", "另一", BOUNDS)
    vault_b = Vault(store_b.home, tmp_path / "key")
    path = write_xlsx(tmp_path / "b.xlsx", lists("grids", "staff"))
    import_workbook(store_b, vault_b, path, WorkbookOptions())
    mine = set(store.read("SELECT person_id FROM person")["person_id"].to_pylist())
    theirs = set(store_b.read("SELECT person_id FROM person")["person_id"].to_pylist())
    assert not mine & theirs
    vault_b.close()
    store_b.close()
