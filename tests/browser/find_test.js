// Finding a patient.

import { base, check, demo, hospitalName, openFind, person, same, texts, until } from "./harness.js";

async function finds(page, text) {
  await openFind(page);
  await page.fill("#find", text);
  await page.waitForSelector(".hit");
  const rows = await texts(page, ".hit");
  check(rows.some((row) => row.includes(person.name)), `"${text}" does not find ${person.name}: ${rows.join(" | ")}`);
}

export const tests = [
  ...[person.name, person.pinyin, person.initials, person.character].map((text) => ({ name: `find by ${text}`, run: (page) => finds(page, text) })),
  {
    name: "find by a hospital's number and by resident number",
    run: async (page) => {
      const { number, resident } = await demo();
      check(number && resident, "the demo patient has no number of a hospital or no resident number");
      await finds(page, number);
      await finds(page, resident);
    },
  },
  {
    name: "one row a person, with every hospital, and the resident number masked",
    run: async (page) => {
      const { patients, resident } = await demo();
      await openFind(page);
      await page.fill("#find", person.name);
      await page.waitForSelector(".hit");
      const row = (await texts(page, ".hit")).find((text) => text.includes(person.name));
      const masked = `${resident.slice(0, 6)}********${resident.slice(-4)}`;
      check(row.includes(masked), `the row does not show ${masked}: ${row}`);
      check(!(await page.content()).includes(resident), "the whole resident number stands in the page");
      for (const patient of patients) {
        const name = await hospitalName(patient);
        await until(page, (wanted) => document.querySelector(".hits")?.textContent.includes(wanted), name);
      }
      same((await texts(page, ".hit-name")).filter((text) => text === person.name).length, 1, "rows of the person");
    },
  },
  {
    name: "Enter opens the first, the way back keeps what was typed",
    run: async (page) => {
      await openFind(page);
      await page.keyboard.type(person.pinyin);
      await page.keyboard.press("Enter"); // before the answer is there
      await page.waitForSelector(".person-name");
      same(await page.textContent(".person-name"), person.name, "opened");
      check(!page.url().includes(person.pinyin), "what was typed stands in the address");
      await page.goBack();
      await page.waitForSelector(".hit");
      same(await page.inputValue("#find"), person.pinyin, "the search box after going back");
    },
  },
  {
    name: "up and down choose among several",
    run: async (page) => {
      const { patients } = await demo();
      const others = ["two", "three"].map((id) => ({ resourceType: "Patient", id, name: [{ text: `测试${id}` }], meta: { lastUpdated: "2026-01-01T00:00:00Z" } }));
      await page.route("**/fhir/Patient?*name=*", (route) => route.fulfill({ json: { resourceType: "Bundle", entry: [patients[0], ...others].map((resource) => ({ resource })) } }));
      await openFind(page);
      await page.fill("#find", "x");
      await until(page, () => document.querySelectorAll(".hit").length === 3);
      const active = () => page.$$eval(".hit", (rows) => rows.findIndex((row) => row.getAttribute("aria-selected") === "true"));
      await page.focus("#find");
      await page.keyboard.press("ArrowUp");
      same(await active(), 0, "after up at the top");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      same(await active(), 2, "after three times down");
      same(await page.getAttribute("#find", "aria-activedescendant"), "hit-2", "what the box tells a screen reader");
    },
  },
  {
    name: "an empty page, nobody found and a dead server each say what to do",
    run: async (page) => {
      await openFind(page);
      check((await page.textContent(".empty-page")).length > 10, "the empty page says nothing");
      await page.fill("#find", "绝无此人甲乙丙");
      await until(page, () => document.querySelector(".empty-page")?.textContent.includes("绝无此人甲乙丙"));
      await page.route("**/fhir/**", (route) => route.abort());
      await page.fill("#find", "张三丰");
      await page.waitForSelector(".notice-error");
      check((await page.textContent(".notice-error")).includes("没有应答"), "the failure does not say that the server did not answer");
      check((await page.$$(".hit")).length === 0, "old hits stay beside the failure");
      await page.unroute("**/fhir/**");
      await page.click(".notice-error button");
      await page.waitForSelector(".empty-page");
    },
  },
  {
    name: "half a search is no answer",
    run: async (page) => {
      await page.route("**/fhir/Patient?identifier=*", (route) => route.fulfill({ status: 500, body: "" }));
      await openFind(page);
      await page.fill("#find", "A1");
      await page.waitForSelector(".notice-error");
    },
  },
  {
    name: "an address that is none",
    run: async (page) => {
      await page.goto(`${base}/no/such/page`);
      await page.waitForSelector("a[href='/']");
      await page.goto(`${base}/patient/no-such-patient`);
      await page.waitForSelector(".notice-error");
    },
  },
];
