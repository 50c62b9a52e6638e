// Opens one browser, runs every test in a page of its own, counts. Names on the command line choose tests whose names contain them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { base, Skip } from "./harness.js";
import { tests as chart } from "./chart_test.js";
import { tests as explain } from "./explain_test.js";
import { tests as find } from "./find_test.js";
import { tests as honesty } from "./honesty_test.js";
import { tests as pictures } from "./pictures_test.js";

const timeout = 60_000; // of one test
const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

async function reachable() {
  try {
    return (await fetch(`${base}/fhir/metadata`)).ok;
  } catch {
    return false;
  }
}

async function one(browser, test) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", colorScheme: "light", ...test.context });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const faults = [];
  // What no page may ever do, whatever is tested: throw, break the content policy, or ask anything of another host.
  page.on("pageerror", (error) => faults.push(`error in the page: ${error.message}`));
  page.on("console", (message) => {
    if (!test.refusals && /Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text());
  });
  // Asked where a request leaves the browser: one that the content policy has refused may be announced, and goes nowhere.
  const outside = (url) => !/^(data|blob):$/.test(url.protocol) && url.origin !== new URL(base).origin;
  await context.route(outside, (route) => {
    faults.push(`fetched from outside: ${route.request().url()}`);
    return route.abort();
  });
  let timer;
  try {
    await Promise.race([test.run(page, context), new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`took longer than ${timeout / 1000} s`)), timeout); })]);
    if (faults.length > 0) throw new Error(faults.join("\n"));
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const chosen = process.argv.slice(2);
const all = [...find, ...chart, ...explain, ...honesty, ...pictures].filter((test) => chosen.length === 0 || chosen.some((part) => test.name.includes(part)));
if (all.length === 0) {
  console.error(`no test is named like ${chosen.join(", ")}`);
  process.exit(2);
}
if (!(await reachable())) {
  console.error(`no daemon answers at ${base}/fhir/metadata: start the quickstart, or set YILIAN_URL`);
  console.log(`0 passed, ${all.length} failed, 0 skipped`);
  process.exit(1);
}
const profile = mkdtempSync(join(tmpdir(), "yilian-browser-"));
let browser;
try {
  // A home of its own, so that nothing of the user's browser is read or written.
  browser = await chromium.launch({ executablePath: process.env.YILIAN_CHROMIUM || "/usr/bin/chromium", args, env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile } });
  for (const test of all) {
    try {
      await one(browser, test);
      ++counts.passed;
      console.log(`ok      ${test.name}`);
    } catch (error) {
      if (error instanceof Skip) {
        ++counts.skipped;
        console.log(`skipped ${test.name}: ${error.message}`);
      } else {
        ++counts.failed;
        console.log(`FAILED  ${test.name}\n        ${String(error.message ?? error).split("\n").join("\n        ")}`);
      }
    }
  }
} catch (error) {
  counts.failed += 1;
  console.log(`FAILED  the browser did not start: ${error.message}`);
} finally {
  await browser?.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
