// Writes the outbox of this release: every kind with every field, frozen by the phone's own modules.
//
//   node --import ./tests/web/resolve.mjs tests/sync/outboxes/write.mjs
//
// prints what belongs into tests/sync/outboxes/<release>/lines.json. What is there already is never
// written anew: phones that were away still have it.
import { clock, enrolled, life } from "../../web/street.js"

process.env.TZ = "Asia/Shanghai"

const NOW = 1_780_034_400_000 // 29 May 2026, 14:00 in Shanghai
const HOUR = 3_600_000
const COMMUNITY = "2775e21e-cac6-5b47-a9e9-a96cee353e8b"
const LANE = "99499f04-8666-55d9-8931-cd18a7d6fab8"
const OTHER_LANE = "00ed8fd9-f833-5247-8df2-6ac91ff0c50c"
const STEWARD = "d0000001-0000-4000-8000-000000000000"
const COORDINATOR = "d0000002-0000-4000-8000-000000000000"
const id = (n) => `019e72d0-0000-7000-8000-${String(n).padStart(12, "0")}`
const [BINS, LAMP, CALL, MISTAKE, CASE, WALK, EXCUSE, ASTRAY, NOWHERE] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(id)

const photo = (role, text) => ({ role, bytes: new TextEncoder().encode(text).buffer })
const walked = (place) => ({
  ...{ place, period: "early", day: "2026-05-29", checklist: "lane", version: 1, words: "巷口积水" },
  marks: { bins: "ok", lamps: "not_ok", drains: "not_seen" },
  tallies: { dissuaded: 2, explained: 1, tidied: 3, called: 0, helped: 1 },
  started: [1, NOW - 2 * HOUR],
})

/** Phone, minutes after NOW, kind, record, body, and what had been seen or was photographed. */
const FACTS = [
  ["steward", 1, "report.filed", BINS, { place: LANE, category: "rubbish", level: "community", words: "桶满了\n“两天了” 😀", spot: "巷口", emergency: true, done: "", patrol: WALK, item: "bins", source: "", contact: "" }, { photos: [photo("before", "one")] }],
  ["steward", 2, "report.filed", LAMP, { place: LANE, category: "lamp_out", level: "on_the_spot", words: "灯不亮", done: "拧紧了" }, { photos: [photo("after", "two"), photo("other", "three")] }],
  ["steward", 3, "patrol.walked", WALK, walked(LANE)],
  ["steward", 4, "patrol.excused", EXCUSE, { place: LANE, period: "midday", day: "2026-05-29", reason: "weather", words: "雷雨" }],
  ["steward", 5, "report.added_to", BINS, { words: "又满了" }, { photos: [photo("after", "four")] }],
  ["steward", 6, "report.corrected", BINS, { place: LANE, category: "rubbish", level: "community", words: "两只桶满了", spot: "巷尾", emergency: false }],
  ["coordinator", 70, "report.corrected", BINS, { words: "桶满了，老人绊倒" }, { seen: { words: "019e725259600000.d0000001-0000-4000-8000-000000000000.1" } }],
  ["coordinator", 71, "report.asked", BINS, { question: "哪一只桶？" }],
  ["coordinator", 72, "report.accepted", BINS, { case: CASE, level: "community", owner: "环卫所", due_at: NOW + 72 * HOUR, answer: "明天清" }],
  ["coordinator", 73, "case.corrected", CASE, { level: "joint_consultation", owner: "街道", due_at: NOW + 96 * HOUR, answer: "后天清" }],
  ["coordinator", 74, "case.moved", CASE, { to: "assigned", from: "accepted", generation: 1, words: "派给街道", ending: "" }],
  ["coordinator", 75, "conflict.decided", BINS, { conflict: "ab3a8d63-dc18-5ba5-94b8-db3896c7fda3", choice: "restore" }],
  ["coordinator", 76, "report.filed", CALL, { place: LANE, category: "rubbish", level: "community", words: "来电：还是满", source: "phone_call", contact: "0000 555 0999" }],
  ["coordinator", 77, "report.dismissed", CALL, { to: "invalid", reason: "重复" }],
  ["coordinator", 78, "report.screened_again", CALL, {}],
  ["coordinator", 79, "report.merged", CALL, { case: CASE }],
  ["steward", 131, "report.filed", MISTAKE, { place: LANE, category: "rubbish", level: "community", words: "看错了" }],
  ["steward", 132, "report.withdrawn", MISTAKE, { reason: "没有的事" }],
  ["steward", 133, "case.moved", CASE, { to: "solved", from: "assigned", generation: 1, words: "清了" }, { photos: [photo("after", "five")] }],
  ["steward", 134, "patrol.walked", ASTRAY, walked(OTHER_LANE)],
  ["steward", 135, "report.added_to", NOWHERE, { words: "没有这一条" }],
  ["coordinator", 190, "change.released", STEWARD, { n: 10 }],
  ["coordinator", 191, "change.discarded", STEWARD, { n: 11, reason: "写错了" }],
  ["coordinator", 192, "case.moved", CASE, { to: "closed", words: "回访过", ending: "solved" }],
]

/** Which phone pushes up to which number, and when; its clock is off until it is set. */
const PUSHES = [
  ["steward", 6, 60],
  ["coordinator", 10, 120],
  ["steward", 11, 180],
  ["coordinator", 13, 240],
]
const OFF = { steward: (minute) => (minute < 100 ? -17_520 * HOUR : 0), coordinator: () => 0 }
const DEVICES = { steward: STEWARD, coordinator: COORDINATOR }

const time = clock()
const { APP } = await import("/static/sync/version.js")
const out = { release: APP, now: NOW, community: COMMUNITY, phones: {}, pushes: [] }

for (const [who, device] of Object.entries(DEVICES)) {
  const phone = await life()
  const name = await enrolled()
  const before = await phone.identity(name)
  await phone.setFact(name, "identity", { ...before, device, community: COMMUNITY })
  let last = 0
  const reading = async (minute) => {
    const is_set = OFF[who](minute) !== OFF[who](last)
    time.is(NOW + minute * 60_000 + OFF[who](minute))
    if (!is_set) phone.watch.rest()
    last = minute
    return phone.reading(name)
  }
  const start = await reading(0)
  const story = [...FACTS.filter(([whose]) => whose === who), ...PUSHES.filter(([whose]) => whose === who)]
  story.sort((a, b) => minuteOf(a) - minuteOf(b))
  const pushes = []
  for (const one of story) {
    if (one.length === 3) {
      pushes.push({ phone: who, upto: one[1], at: NOW + one[2] * 60_000, clock: await reading(one[2]) })
      continue
    }
    const [, minute, kind, about, body, { seen, photos = [] } = {}] = one
    await reading(minute)
    const kept = []
    for (const { bytes, role } of photos) {
      kept.push({ ...(await phone.keepPhoto(name, { bytes, type: "image/jpeg", thumb: null })), role })
    }
    await phone.freeze(name, { kind: `${kind}@1`, about, body, seen, photos: kept })
  }
  const changes = (await phone.list(name)).map(({ change }) => change).sort((a, b) => a.n - b.n)
  out.phones[who] = {
    device,
    start,
    lines: changes.map(({ raw }) => new TextDecoder().decode(raw)),
    chain: changes.at(-1).chain,
  }
  out.pushes.push(...pushes)
}
out.pushes.sort((a, b) => a.at - b.at)
console.log(JSON.stringify(out, null, 1))

function minuteOf(one) {
  return one.length === 3 ? one[2] : one[1]
}
