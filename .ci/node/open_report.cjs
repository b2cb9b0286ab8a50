// Opens a report in Chromium and says what happened, as JSON on stdout.
// node open_report.cjs '{"url", "profile", "chromium", "views": [{"width", "scheme", "shot"}], "pdf"}'
// Ended by SIGTERM it takes Chromium along, whatever that is busy with.
const fs = require("node:fs");
const puppeteer = require("puppeteer-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const HEIGHT = 844;

function places() {
  // where the pictures are, and whether anything of them is drawn
  return ["#matrix table.matrix", "#timeline details[open] table.timeline"].map((selector) => {
    const found = document.querySelector(selector);
    if (!found) return { selector, found: false };
    const box = found.getBoundingClientRect();
    const drawn = [...found.querySelectorAll("td.picture path:not(.grid)")].filter((path) => {
      const bar = path.getBoundingClientRect();
      return bar.width > 0.5 && bar.height > 2;
    }).length;
    return { selector, found: true, left: box.left, width: box.width, height: box.height, drawn };
  });
}

async function look(browser, request, view, axe) {
  const page = await browser.newPage();
  const seen = { console: [], requests: [], errors: [] };
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("request", (r) => { if (r.url() !== request.url && !r.url().startsWith("data:")) seen.requests.push(r.url()); });
  await page.setJavaScriptEnabled(false);
  await page.setViewport({ width: view.width, height: HEIGHT });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.scheme }]);
  await page.goto(request.url, { waitUntil: "load" });
  await page.screenshot({ path: view.shot });
  const state = await page.evaluate(() => ({
    mode: document.compatMode,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    first: document.querySelector("header.top").getBoundingClientRect().bottom,
    scripts: document.scripts.length,
  }));
  state.places = await page.evaluate(places);
  await page.setJavaScriptEnabled(true);
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await page.evaluate(axe);
  const checked = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  state.axe = checked.violations.map((v) => ({
    id: v.id, help: v.help, nodes: v.nodes.length, first: v.nodes[0].html.slice(0, 300),
    why: v.nodes[0].failureSummary,
  }));
  await page.close();
  return { ...view, ...seen, ...state };
}

// puppeteer kills the process group of Chromium when this process exits
process.on("SIGTERM", () => process.exit(1));

(async () => {
  const request = JSON.parse(process.argv[2]);
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const browser = await puppeteer.launch({
    executablePath: request.chromium, headless: true, userDataDir: request.profile, args: FLAGS,
    handleSIGTERM: false,
  });
  try {
    const views = [];
    for (const view of request.views) views.push(await look(browser, request, view, axe));
    if (request.pdf) {
      const page = await browser.newPage();
      await page.goto(request.url);
      await page.pdf({ path: request.pdf, printBackground: false });
    }
    process.stdout.write(JSON.stringify({ views }));
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(error); process.exit(1); });
