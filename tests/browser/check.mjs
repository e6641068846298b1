// Looks at pages as people meet them, and tells what is wrong: {base, chromium, pages} on standard input,
// a list of {page, mode, check, what} on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FRENCH = JSON.parse(readFileSync(require.resolve("axe-core/locales/fr.json"), "utf8"));
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"];
// What is dark differs from what is light in colours alone; the rules about them are those to run again.
const COLOURS = ["color-contrast", "link-in-text-block"];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };

const config = JSON.parse(readFileSync(0, "utf8"));
const found = [];
const browser = await chromium.launch({
  executablePath: config.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"],
});

async function visit(context, path, look) {
  const page = await context.newPage();
  const tell = (mode) => (check, what) => found.push({ page: path, mode, check, what });
  const met = tell("any");
  // The page of a missing address is looked at like any other: only its own status may be one of a fault.
  const missing = path.endsWith("/none");
  page.on("console", (message) => {
    if (message.type() === "error" && !(missing && message.text().includes("404"))) met("console", message.text());
  });
  page.on("pageerror", (error) => met("script", String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(config.base) && !/^(data|blob|about):/.test(request.url())) met("outside", request.url());
  });
  const answer = await page.goto(config.base + path, { waitUntil: "load" });
  if (answer.status() !== (missing ? 404 : 200)) met("status", String(answer.status()));
  await look(page, tell);
  await page.close();
}

async function rules(page, tell, only) {
  const problems = await page.evaluate(async ([axe, locale, runOnly]) => {
    // The page forbids evaluated scripts to itself; this one comes from outside of it.
    window.eval === undefined || (0, Function)(axe).call(window);
    window.axe.configure({ locale });
    const result = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return result.violations.map((rule) => `${rule.id} (${rule.tags.filter((t) => t.startsWith("RGAA-")).join(" ")}): ` +
      `${rule.help}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }, [AXE, FRENCH, only]);
  problems.forEach((problem) => tell("axe", problem));
}

const overflow = (page) => page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);

async function reflow(page, tell) {
  const beyond = await overflow(page);
  if (beyond > 1) tell("reflow", `${beyond} px beyond the window`);
}

async function stillness(page, tell) {
  const shift = await page.evaluate(() => new Promise((resolve) => {
    let total = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(total), 60);
  }));
  if (shift > 0.01) tell("layout shift", shift.toFixed(3));
}

async function larger(page, tell) {
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  const beyond = await overflow(page);
  if (beyond > 1) tell("200 %", `${beyond} px beyond the window`);
  const cut = await page.evaluate(() => [...document.querySelectorAll("main *, header *, footer *")].filter((element) => {
    const style = getComputedStyle(element);
    return style.overflow === "hidden" && !element.closest(".hidden, svg") && element.scrollHeight > element.clientHeight + 2;
  }).map((element) => element.outerHTML.slice(0, 120)));
  cut.forEach((what) => tell("200 % cuts", what));
  await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
}

async function spaced(page, tell) {
  // WCAG 1.4.12: line height 1.5, paragraphs 2, letters 0.12, words 0.16.
  const beyond = await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const far = document.scrollingElement.scrollWidth - window.innerWidth;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    return far;
  });
  if (beyond > 1) tell("text spacing", `${beyond} px beyond the window`);
}

async function focus(page, tell) {
  // Every stop of the Tab key must look different from what it looks like unfocused, and the walk must not be caught.
  await page.evaluate(() => window.scrollTo(0, 0));
  const seen = [];
  for (let step = 0; step < 45; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(async () => {
      let element = document.activeElement;
      if (!element || element === document.body) return null;
      while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const look = (of) => {
        const style = getComputedStyle(of);
        const outline = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "none"
          : [style.outlineStyle, style.outlineWidth, style.outlineColor];
        return [outline, style.boxShadow, style.backgroundColor, style.borderColor].join();
      };
      const host = element.getRootNode().host ? element.closest(".cm-editor") ?? element : element;
      // The editor learns of its focus a moment later.
      const pause = () => host === element ? null : new Promise((resolve) => setTimeout(resolve, 80));
      await pause();
      const focused = look(host);
      const box = element.getBoundingClientRect();
      element.blur();
      await pause();
      const plain = look(host);
      element.focus();
      element.dataset.stop ??= String(Math.random());
      return { id: element.dataset.stop, html: element.outerHTML.slice(0, 120), visible: focused !== plain, size: box.width * box.height };
    });
    if (!stop) break;
    if (seen.includes(stop.id)) { if (seen.at(-1) === stop.id) tell("keyboard trap", stop.html); break; }
    seen.push(stop.id);
    if (!stop.visible) tell("focus not seen", stop.html);
    if (!stop.size) tell("focus on nothing", stop.html);
  }
  if (seen.length < 5) tell("keyboard", `only ${seen.length} stops`);
}

// One visit serves the three modes: colours and width change under the same page, as they do for a person.
const context = await browser.newContext({ viewport: WIDE, colorScheme: "light", reducedMotion: "reduce" });
const waiting = [...config.pages];
const work = async () => {
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    await visit(context, path, async (page, tell) => {
      await stillness(page, tell("light"));
      await rules(page, tell("light"), { type: "tag", values: TAGS });
      await larger(page, tell("light"));
      await focus(page, tell("light"));
      await page.emulateMedia({ colorScheme: "dark" });
      await rules(page, tell("dark"), { type: "rule", values: COLOURS });
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(NARROW);
      await rules(page, tell("narrow"), { type: "tag", values: TAGS });
      await reflow(page, tell("narrow"));
      await spaced(page, tell("narrow"));
    });
  }
};
await Promise.all([work(), work()]);
await browser.close();
process.stdout.write(JSON.stringify(found));
