// The chart of the demo person, compared with what the API says.

import { base, check, demo, hospitalName, ofPerson, openChart, person, same, texts, until } from "./harness.js";

const unique = (list) => [...new Set(list)];
const value = (observation) => observation.valueQuantity?.value;

// A number as the message wrote it may have digits that JavaScript drops; compared as numbers.
const number = (text) => Number(/-?\d+(\.\d+)?/.exec(text)?.[0]);

export const tests = [
  {
    name: "the banner says who this is, and whose data",
    run: async (page) => {
      const { patients, resident } = await demo();
      await openChart(page);
      // The names of hospitals come a moment after the person.
      for (const patient of patients) await until(page, (wanted) => document.querySelector(".banner").textContent.includes(wanted), await hospitalName(patient));
      const banner = await page.textContent(".banner");
      same(await page.textContent(".person-name"), person.name, "name");
      check(banner.includes(`${resident.slice(0, 6)}********${resident.slice(-4)}`) && !banner.includes(resident), "the resident number is missing or not masked");
      check(banner.includes(patients.find((patient) => patient.birthDate).birthDate), "the birth date is missing");
      const allergies = await ofPerson("AllergyIntolerance");
      if (allergies.length > 0) check((await page.$(".allergy.known")) !== null, "recorded allergies are not shown");
      else check(banner.includes("未知"), "nothing recorded is not said to be unknown");
    },
  },
  {
    name: "the timeline shows every hospital, newest first, and filters",
    run: async (page) => {
      await openChart(page);
      const expected = unique(await Promise.all((await ofPerson("Encounter")).map(hospitalName)));
      const heads = await texts(page, ".block-hospital");
      for (const name of expected) check(heads.includes(name), `${name} is not in the timeline`);
      for (const days of await page.$$eval(".block", (blocks) => blocks.map((block) => [...block.querySelectorAll("h4")].map((day) => day.textContent)))) same(days.filter((day) => /^\d/.test(day)), days.filter((day) => /^\d/.test(day)).sort().reverse(), "days of a block");
      await page.selectOption("select", { label: expected[0] });
      same(unique(await texts(page, ".block-hospital")), [expected[0]], "hospitals after filtering");
      const before = (await page.$$(".item")).length;
      const kind = await page.$(".filters .kinds .toggle[aria-pressed=true]");
      await kind.click();
      check((await page.$$(".item")).length <= before, "switching a kind off shows more");
      same(await kind.getAttribute("aria-pressed"), "false", "the switched kind");
    },
  },
  {
    name: "results: one row a test, its latest value, trend by unit with a point for every number",
    run: async (page) => {
      const observations = (await ofPerson("Observation")).filter((observation) => value(observation) !== undefined);
      const loinc = (observation) => observation.code.coding.find((coding) => coding.system === "http://loinc.org")?.code;
      const counts = new Map();
      for (const observation of observations) if (loinc(observation)) counts.set(loinc(observation), [...(counts.get(loinc(observation)) ?? []), observation]);
      const [, often] = [...counts].sort((a, b) => b[1].length - a[1].length)[0];
      check(often.length >= 3, "the demo person has no test with three results");
      await openChart(page, "results");
      const newest = often.sort((a, b) => Date.parse(b.effectiveDateTime) - Date.parse(a.effectiveDateTime))[0];
      const names = unique(often.flatMap((observation) => [observation.code.text, ...observation.code.coding.map((coding) => coding.display)]));
      const row = page.locator("table.results tbody tr").filter({ has: page.locator("th button", { hasText: new RegExp(`^(${names.filter(Boolean).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`) }) });
      same(await row.count(), 1, "rows of the test");
      same(number(await row.locator(".value .traced").textContent()), value(newest), "latest value");
      await row.locator("th button").click();
      const dots = await page.locator(".test-aside .plot g.point[role=button]").count();
      same(dots, often.length, "points of the plots");
      same(await page.locator(".test-aside .plot").count(), unique(often.map((observation) => observation.valueQuantity.unit)).length, "plots, one a unit");
      const hospitals = unique(await Promise.all(often.map(hospitalName)));
      const legend = (await texts(page, ".legend li")).join(" ");
      for (const name of hospitals) check(legend.includes(name), `${name} is not in the legend`);
    },
  },
  {
    name: "flags: critical and high are marked with words, not by colour alone",
    run: async (page) => {
      const flagged = (await ofPerson("Observation")).filter((observation) => JSON.stringify(observation.interpretation ?? []).match(/"code":"(HH|LL|H|L)"/));
      check(flagged.length > 0, "the demo person has no flagged result");
      await openChart(page, "results");
      const marks = await page.$$eval(".flag", (flags) => flags.map((flag) => [flag.textContent, flag.getAttribute("aria-label")]));
      check(marks.length > 0, "nothing is flagged");
      for (const [mark, words] of marks) check(mark && words, `a flag without mark or words: ${mark} ${words}`);
    },
  },
  {
    name: "a click on a value shows the message, the segment and the field; Escape leads back",
    run: async (page) => {
      await openChart(page, "results");
      const cell = page.locator("table.results tbody tr .value .traced").first();
      const text = await cell.textContent();
      await cell.focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".panel .raw mark");
      const marked = await page.textContent(".panel .raw mark");
      check(marked.includes(text), `the marked field ${marked} does not hold the value ${text}`);
      check(/^OBX\|/.test(await page.textContent(".panel .raw")), "the raw line is no OBX segment");
      check(/OBX-5/.test(await page.textContent(".origin-place")), "the field is not named");
      const facts = await page.textContent(".facts");
      check(/ORU/.test(facts), `no message type: ${facts}`);
      const hospital = await page.textContent(".facts dd strong");
      // The names of hospitals come a moment after the rows.
      await until(page, (wanted) => document.querySelector("table.results tbody tr").textContent.includes(wanted), hospital);
      const line = await page.textContent(".panel .raw");
      await page.click(".origin-actions button");
      await page.waitForSelector(".raw.whole .segment");
      const whole = await page.textContent(".raw.whole");
      check(whole.startsWith("MSH|"), "the whole message does not begin with MSH");
      same((await page.textContent(".raw.whole .segment")).trim(), line.trim(), "the marked segment");
      const link = await page.getAttribute(".origin-actions a", "href");
      await page.keyboard.press("Escape");
      check((await page.$(".panel .raw")) === null, "Escape does not close the panel");
      await until(page, (wanted) => document.activeElement?.textContent === wanted, text);
      await page.goto(base + link);
      await page.waitForSelector(".raw.whole");
      check((await page.textContent(".raw.whole")).includes(line.trim()), "the message's own page does not hold the segment");
    },
  },
  {
    name: "every kind of value has an origin: name, sex, birth date, diagnosis, order, document, point of a plot",
    run: async (page) => {
      await openChart(page);
      const opens = async (what, locator) => {
        if ((await locator.count()) === 0) throw new Error(`${what}: nothing to click`);
        await locator.first().click();
        await page.waitForSelector(".panel-frame .raw, .panel-frame .empty, .panel-frame .notice-error");
        check((await page.$(".panel-frame .raw mark")) !== null, `${what}: no marked field; the panel says: ${(await page.textContent(".panel-body")).slice(0, 160)}`);
        await page.keyboard.press("Escape");
      };
      await opens("name", page.locator(".person-name .traced"));
      await opens("sex", page.locator(".banner-row .traced").nth(1));
      await opens("birth date", page.locator(".banner-row .traced").nth(2));
      await page.click("#tab-diagnoses");
      await opens("diagnosis", page.locator("table.data .traced"));
      await page.click("#tab-orders");
      await opens("order", page.locator("table.data .traced"));
      await page.click("#tab-documents");
      await opens("document", page.locator(".document header .traced").last());
      await page.click("#tab-results");
      await opens("point of the plot", page.locator(".plot g.point[role=button]"));
    },
  },
  {
    name: "a report opens whole; an origin in it leads back to it",
    run: async (page) => {
      await openChart(page);
      await page.locator(".item", { hasText: "报告" }).first().locator(".item-title button").click();
      await page.waitForSelector(".panel-frame table.data");
      const heading = await page.textContent("#panel-title");
      await page.locator(".panel-frame .value .traced").first().click();
      await page.waitForSelector(".panel .raw");
      await page.keyboard.press("Escape");
      await page.waitForSelector(".panel-frame table.data");
      same(await page.textContent("#panel-title"), heading, "the report after going back");
    },
  },
  {
    name: "a corrected result tells its former value",
    run: async (page) => {
      const corrected = (await ofPerson("Observation")).find((observation) => observation.status === "corrected" && Number(observation.meta.versionId) > 1 && observation.valueQuantity);
      check(corrected, "the demo person has no corrected result with a former version");
      await openChart(page, "results");
      await page.locator(".filters .toggle").nth(1).click();
      await page.locator(".report .value .traced", { hasText: new RegExp(`^${String(value(corrected)).replace(".", "\\.")}0*$`) }).first().click();
      await page.waitForSelector(".versions tr:nth-child(2)");
    },
  },
  {
    name: "documents are readable Chinese",
    run: async (page) => {
      const documents = await ofPerson("DocumentReference");
      check(documents.length > 0, "the demo person has no document");
      await openChart(page, "documents");
      same((await page.$$(".document-button")).length, documents.length, "documents in the list");
      for (const button of await page.$$(".document-button")) {
        await button.click();
        await page.waitForSelector(".document-text, .document-frame");
        const text = (await texts(page, ".document-text")).join("");
        check(!text.includes("\ufffd"), "a replacement character in a document");
        if (text) check(/[\u4e00-\u9fff]{4}/.test(text), `no Chinese in the document: ${text.slice(0, 80)}`);
      }
    },
  },
  {
    name: "orders, medicines, diagnoses, encounters: as many as the API has",
    run: async (page) => {
      for (const [tab, types] of [["orders", ["ServiceRequest"]], ["medicines", ["MedicationRequest", "MedicationAdministration", "MedicationStatement"]], ["encounters", ["Encounter"]]]) {
        const expected = (await Promise.all(types.map(ofPerson))).flat().length;
        await openChart(page, tab);
        same((await page.$$("table.data tbody tr")).length, expected, tab);
      }
      await openChart(page, "diagnoses");
      const shown = await page.textContent("main");
      for (const condition of await ofPerson("Condition")) {
        const names = [condition.code.text, ...(condition.code.coding ?? []).map((coding) => coding.display)].filter(Boolean);
        check(names.some((name) => shown.includes(name)), `the diagnosis ${names.join(" / ")} is not shown`);
      }
    },
  },
  {
    name: "the keyboard reaches everything",
    run: async (page) => {
      await openChart(page);
      await page.focus("#tab-overview");
      await page.keyboard.press("ArrowRight");
      same(await page.getAttribute("#tab-results", "aria-selected"), "true", "the tab after an arrow");
      check(page.url().includes("tab=results"), "the tab is not in the address");
      await page.focus("table.results .row-button");
      await page.keyboard.press("ArrowDown");
      const second = await page.textContent("table.results tr:nth-child(2) .row-button");
      same(await page.textContent(".test-aside h2"), second, "the trend after an arrow down");
      await page.keyboard.press("/");
      await until(page, () => document.activeElement?.id === "find");
    },
  },
  {
    name: "the language changes without a reload and is remembered",
    run: async (page) => {
      await openChart(page);
      await page.evaluate(() => { window.notReloaded = true; });
      same(await page.textContent("#tab-overview"), "概览 ", "Chinese by the browser's language");
      await page.click(".preferences button:nth-child(2)");
      check((await page.textContent("#tab-overview")).startsWith("Overview"), "the tabs are not English");
      same(await page.evaluate(() => window.notReloaded), true, "the page was not reloaded");
      same(await page.getAttribute("html", "lang"), "en", "the language that the page declares");
      await page.reload();
      await page.waitForSelector("#tab-overview");
      check((await page.textContent("#tab-overview")).startsWith("Overview"), "English is not remembered");
    },
  },
  {
    name: "English by the browser's language",
    context: { locale: "en-GB" },
    run: async (page) => {
      await page.goto(`${base}/`);
      check((await page.textContent("h1")).includes("Find"), "the page is not English");
    },
  },
];
