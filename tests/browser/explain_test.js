// What of a message no rule used, and where a rule fell back: in the panel of a value, in the message opened there, and on the message's own page.

import { api, base, check, openChart, same, texts } from "./harness.js";
import { contrastFaults } from "./contrast.js";

const marked = (explanation) => explanation.unused.filter((part) => part.why !== "set_id");

// A stored message of the demo that has both.
async function telling() {
  for (const { number } of (await api("/admin/v1/messages?state=stored&count=1000")).messages) {
    const explanation = await api(`/admin/v1/messages/${number}/explain`);
    const unused = new Set(marked(explanation).map((part) => part.why));
    if (unused.has("never") && unused.has("asked") && explanation.fallbacks.some((fallback) => fallback.kind === "unmapped_code")) return { number, explanation };
  }
  throw new Error("no message of the demo has unused parts and a code without an entry");
}

async function openMessage(page, number) {
  await page.goto(`${base}/message/${number}`);
  await page.waitForSelector(".raw.whole");
}

export const tests = [
  {
    name: "explained: the message's page marks each part that no rule used, and lists the fallbacks",
    run: async (page) => {
      const { number, explanation } = await telling();
      await openMessage(page, number);
      await page.waitForSelector(".raw-legend");
      const parts = marked(explanation);
      const shown = await texts(page, ".raw.whole .unused");
      same(shown.length, parts.length, "marked parts");
      for (const [at, part] of parts.entries()) check(shown[at].startsWith(part.text.replace(/…$/, "").trim()), `${part.field}: ${shown[at]} is marked, not ${part.text}`);
      same((await texts(page, ".raw.whole .unused.asked")).length, parts.filter((part) => part.why === "asked").length, "parts that conditions asked");
      const bytes = parts.reduce((sum, part) => sum + part.end - part.begin, 0);
      const legend = await page.textContent(".raw-legend");
      check(legend.includes(`${parts.length} 处`) && legend.includes(`${bytes} 字节`), `the legend does not count: ${legend}`);
      check(legend.includes("未被使用") && legend.includes("仅用于条件判断"), `the legend does not say what the marks mean: ${legend}`);
      const items = (await texts(page, ".message-fallbacks li")).join("\n");
      for (const fallback of explanation.fallbacks) {
        check(items.includes(fallback.field ?? "") && items.includes(fallback.rulePlace), `not listed: ${JSON.stringify(fallback)}`);
        check(!items.includes(fallback.what), `told in English: ${fallback.what}`);
      }
      check(/不在对照表 .+ 中/.test(items), `the table is not named: ${items}`);
    },
  },
  {
    name: "explained: in English",
    context: { locale: "en-GB" },
    run: async (page) => {
      const { number } = await telling();
      await openMessage(page, number);
      await page.waitForSelector(".message-fallbacks");
      check(/\d+ parts \(\d+ bytes\) used by no rule/.test(await page.textContent(".raw-legend")), "the legend does not count");
      check(/is not in table /.test(await page.textContent(".message-fallbacks")), "the table is not named");
    },
  },
  {
    name: "explained: the panel of a value tells it of the value's message",
    run: async (page) => {
      await openChart(page, "results");
      await page.locator("table.results tbody tr .value .traced").first().click();
      await page.waitForSelector(".origin-rest");
      const number = Number(/\/message\/(\d+)/.exec(await page.getAttribute(".origin-actions a", "href"))[1]);
      const explanation = await api(`/admin/v1/messages/${number}/explain`);
      const rest = await page.textContent(".origin-rest");
      check(rest.includes(`${marked(explanation).length} 处`), `unused parts are not counted: ${rest}`);
      check(rest.includes(`${explanation.fallbacks.length} 项`), `fallbacks are not counted: ${rest}`);
      check(explanation.fallbacks.length > 0, "the message has no fallback to list");
      await page.click(".origin-rest summary");
      check(await page.isVisible(".origin-rest .fallbacks"), "the fallbacks do not open");
      const items = (await texts(page, ".origin-rest .fallbacks li")).join("\n");
      for (const fallback of explanation.fallbacks) check(items.includes(fallback.rulePlace), `not listed: ${JSON.stringify(fallback)}`);
      const line = await page.textContent(".panel .raw");
      const here = await texts(page, ".panel .raw .unused");
      check(here.length > 0 && here.every((text) => line.includes(text)), "the raw line marks nothing unused");
      check((await page.$(".panel .raw mark .unused")) === null, "the value itself is marked as unused");
      await page.click(".origin-actions button");
      await page.waitForSelector(".panel .raw-legend");
      same((await texts(page, ".raw.whole .unused")).length, marked(explanation).length, "marked parts of the whole message");
      const wide = await page.evaluate(() => document.querySelector(".panel").scrollWidth - document.querySelector(".panel").clientWidth);
      check(wide <= 0, `the panel is ${wide} px too wide`);
    },
  },
  {
    name: "explained: a value that a fallback bears on says so beside it",
    run: async (page) => {
      // No value that the demo's chart shows has one: it is added to the daemon's own answer.
      await page.route("**/$origin", async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        const origin = body.parameter.find((parameter) => parameter.name === "origin" && parameter.part.some((part) => part.valueString === "valueQuantity.value"));
        const told = (name) => origin.part.find((part) => part.name === name);
        const { valueString: line } = told("line");
        const said = line.slice(told("start").valueInteger, told("start").valueInteger + told("length").valueInteger);
        for (const [word, table] of [[said, "ItsOwn"], ["no such word", "OfAnother"]]) {
          body.parameter.push({ name: "fallback", part: [told("message"), { name: "kind", valueString: "unmapped_code" }, told("field"), { name: "what", valueString: `'${word}' is not in table ${table}: it stays as text` }] });
        }
        await route.fulfill({ response, json: body });
      });
      await openChart(page, "results");
      await page.locator("table.results tbody tr .value .traced").first().click();
      await page.waitForSelector(".own-fallbacks");
      const own = await page.textContent(".own-fallbacks");
      check(own.includes("不在对照表 ItsOwn 中，只保留文字"), `the fallback of the value is not told: ${own}`);
      check(!own.includes("OfAnother"), "another segment's fallback is told of the value");
    },
  },
  {
    name: "explained: nothing unused and no fallback is said so, a failure is not told as nothing",
    run: async (page) => {
      const { number } = await telling();
      let answer = { status: 200, json: { number, unused: [], unusedTotal: 0, fallbacks: [], fallbacksTotal: 0, notices: [], noticesTotal: 0 } };
      await page.route("**/explain", (route) => route.fulfill(answer));
      await openMessage(page, number);
      await page.waitForSelector(".raw-legend");
      check((await page.textContent(".raw-legend")).includes("没有未被使用的内容"), "nothing unused is not said so");
      check((await page.textContent(".message")).includes("没有替代处理"), "no fallbacks is not said so");
      answer = { status: 500, json: { resourceType: "OperationOutcome", issue: [{ diagnostics: "deliberate" }] } };
      await openMessage(page, number);
      await page.waitForSelector(".notice-error");
      let text = await page.textContent(".message");
      check(text.includes("未能核对") && !text.includes("没有未被使用") && !text.includes("没有替代处理"), "a failure is told as nothing");
      check(text.includes("MSH|"), "the message does not show without its explanation");
      answer = { status: 200, json: { number, error: "PID-3: deliberate", unused: [], unusedTotal: 0, fallbacks: [], fallbacksTotal: 0, notices: [], noticesTotal: 0 } };
      await openMessage(page, number);
      await page.waitForSelector(".message .notice");
      text = await page.textContent(".message");
      check(text.includes("按现行规则不能转换：") && text.includes("deliberate") && !text.includes("没有未被使用"), "what cannot be mapped is told as used");
    },
  },
  {
    name: "explained: contrast is AA in light and dark",
    run: async (page) => {
      const { number } = await telling();
      for (const theme of ["light", "dark"]) {
        await openMessage(page, number);
        await page.waitForSelector(".message-fallbacks");
        if ((await page.getAttribute("html", "data-theme")) !== theme) await page.click(".preferences button:first-child");
        await page.mouse.move(0, 400);
        const faults = await page.evaluate(contrastFaults);
        check(faults.length === 0, `${theme}: ${faults.slice(0, 5).join("; ")}`);
      }
    },
  },
];
