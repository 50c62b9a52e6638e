// Pictures for people to look at, in both languages, when YILIAN_SCREENSHOTS names a folder.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { base, openChart, openFind, person, Skip } from "./harness.js";

const folder = process.env.YILIAN_SCREENSHOTS;

async function take(page, language) {
  if (!folder) throw new Skip("YILIAN_SCREENSHOTS names no folder");
  mkdirSync(folder, { recursive: true });
  const shoot = async (name) => {
    await page.waitForTimeout(300); // names of hospitals and physicians arrive after the rest
    await page.screenshot({ path: join(folder, `${name}-${language}.png`) });
  };
  await openFind(page);
  await shoot("1-find-empty");
  await page.fill("#find", person.character);
  await page.waitForSelector(".hit");
  await shoot("2-find");
  await openChart(page);
  await shoot("3-overview");
  await page.click("#tab-results");
  await shoot("4-results");
  await page.locator("table.results .value .traced").first().click();
  await page.waitForSelector(".panel .raw");
  await page.locator(".origin-rest summary").click();
  await shoot("5-origin");
  await page.click(".origin-actions button");
  await page.waitForSelector(".raw.whole");
  await shoot("6-message");
  const own = await page.getAttribute(".origin-actions a", "href");
  await page.keyboard.press("Escape");
  await page.locator(".filters .toggle").nth(1).click();
  await shoot("7-reports");
  for (const tab of ["orders", "medicines", "documents", "diagnoses", "encounters", "others"]) {
    await page.click(`#tab-${tab}`);
    await shoot(`8-${tab}`);
  }
  await page.click(".preferences button:first-child");
  await page.click("#tab-overview");
  await shoot("9-night");
  await page.goto(base + own);
  await page.waitForSelector(".raw-legend");
  await shoot("9-message-night");
}

export const tests = [
  { name: "pictures in Chinese", run: (page) => take(page, "zh") },
  { name: "pictures in English", context: { locale: "en-GB" }, run: (page) => take(page, "en") },
];
