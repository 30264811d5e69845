// The texts that scripts write, in both languages; Chinese is the source.

const WORDS = {
  noBuildings: [
    "还没有楼栋：用 twin import buildings 导入楼栋文件，画面会自己出现",
    "No buildings yet: bring a file in with `twin import buildings`, and the place appears by itself",
  ],
  serverLost: ["服务器失联", "Server lost"],
  lastSeen: ["最后数据", "last data"],
  ago: ["前", "ago"],
  reconnecting: ["正在重连", "reconnecting"],
  graphicsLost: ["图形上下文丢失，正在恢复", "Graphics context lost, recovering"],
  live: ["实时", "Live"],
  delay: ["延迟", "delay"],
  waiting: ["等待数据", "waiting for data"],
  stale: ["数据滞后", "late"],
  feeds: ["数据源", "Feeds"],
  missing: ["缺", "missing"],
  noData: ["无数据", "No data"],
  notEnabled: ["尚未启用", "not enabled yet"],
  alarmsOff: ["告警引擎尚未启用", "Alarm engine not enabled yet"],
  publicDevices: ["公共设备", "public devices"],
  withSignal: ["有信号", "with signal"],
  noFeeds: ["尚无数据源接入", "no feed connected yet"],
  verified: ["前验证", "ago verified"],
  storeys: ["层", "storeys"],
  storeysOf: ["楼层", "Storeys"],
  noUnits: ["无户室数据", "No unit data"],
  devices: ["设备", "devices"],
  tickets: ["工单", "tickets"],
  entrances: ["单元入口", "entrances"],
  height: ["高", "height"],
  derived: ["推算", "derived"],
  above: ["地上", "above ground"],
  below: ["地下", "below ground"],
  source: ["来源", "Source"],
  simulated: ["模拟", "Simulated"],
  now: ["此刻", "now"],
  yesterday: ["昨日", "yesterday"],
  hour: ["时", "h"],
  layers: ["图层", "Layers"],
  keys: ["L 图层 · 1–5 视角 · Esc 返回", "L layers · 1–5 views · Esc back"],
  of: ["中", "of"],
  units: ["台", ""],
  notFound: ["找不到这栋楼", "No such building"],
  close: ["返回总览", "Back to overview"],
  north: ["北", "N"],
  rows: ["条", "rows"],
  snapshot: ["快照", "Snapshot"],
  snapshotMaking: ["正在生成…", "Making…"],
  snapshotFailed: ["未生成，重试", "Not made, retry"],
  updated: ["更新", "updated"],
};

export function lang() {
  return document.documentElement.lang.startsWith("en") ? "en" : "zh";
}

/** @param {keyof typeof WORDS} key */
export function word(key, language = lang()) {
  const pair = WORDS[key];
  if (!pair) throw new Error(`no such word: ${key}`);
  return pair[language === "en" ? 1 : 0];
}

/** A text as the server sends it ({zh, en}, or already one string). */
export function text(value, language = lang()) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? (value[language] ?? value.zh ?? "") : String(value);
}

/** Elements that the server wrote in Chinese with English beside take the page's language. */
export function speak(root) {
  if (lang() !== "en") return;
  for (const element of root.querySelectorAll("[data-en]")) element.textContent = element.getAttribute("data-en");
}
