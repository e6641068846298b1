// Walks the site with the keyboard alone and without scripts, then uses the editor with scripts:
// {base, chromium} on standard input, what was met on standard output.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const config = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: config.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"] });
const told = { steps: [] };

async function tabTo(page, words) {
  for (let step = 0; step < 400; step += 1) {
    await page.keyboard.press("Tab");
    const text = (await page.locator(":focus").textContent({ timeout: 1000 }).catch(() => "")) ?? "";
    if (text.replace(/\s+/g, " ").trim().includes(words)) return true;
  }
  throw new Error(`no stop of the Tab key says ${words} on ${page.url()}`);
}

async function follow(page, words) {
  await tabTo(page, words);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  told.steps.push(new URL(page.url()).pathname);
}

const plain = await (await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } })).newPage();
// The skip link is the first stop, and leads to the content.
await plain.goto(`${config.base}/fr/laureats`);
await plain.keyboard.press("Tab");
told.skip = await plain.locator(":focus").textContent();
await plain.keyboard.press("Enter");
told.skipped = new URL(plain.url()).hash;
// Which projects serve refugees in Seine-Maritime, and the sentence that says so: three clicks.
await plain.goto(`${config.base}/fr/`);
await follow(plain, "Publics");
await follow(plain, "Réfugiés");
await follow(plain, "CUISINE MODE D’EMPLOI");
told.heading = (await plain.locator("h1").textContent()).trim();
const target = plain.locator(".part", { hasText: "réfugiés statutaires" });
await target.locator("summary").focus();
await plain.keyboard.press("Enter");
told.sentence = (await target.locator("blockquote").textContent()).trim();
await Promise.all([plain.waitForNavigation(), target.getByRole("link", { name: "Lire dans le document" }).press("Enter")]);
told.passage = (await plain.locator(":target").textContent()).trim();
// The same with the filters of the list.
await plain.goto(`${config.base}/fr/laureats`);
const box = plain.getByRole("checkbox", { name: /Personnes exilées/ });
await box.focus();
await plain.keyboard.press("Space");
await Promise.all([plain.waitForNavigation(), plain.getByRole("button", { name: "Appliquer" }).press("Enter")]);
told.filtered = (await plain.getByRole("status").textContent()).trim();
told.query = new URL(plain.url()).search;

const page = await (await browser.newContext()).newPage();
const errors = [];
page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
page.on("pageerror", (error) => errors.push(String(error)));
await page.goto(`${config.base}/fr/sparql`);
const editor = page.getByRole("textbox", { name: "Requête SPARQL" });
await editor.focus();
await page.keyboard.press("Control+A");
await page.keyboard.press("Delete");
await page.keyboard.type("SELECT * WHERE { ?s a lau:Laur");
await page.getByRole("option", { name: "lau:Laureate" }).waitFor({ timeout: 3000 });
await page.waitForTimeout(150); // the list takes no key in its first moments
await page.keyboard.press("Enter");
await page.keyboard.type(" }");
await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+Enter")]);
told.sent = new URL(page.url()).searchParams.get("query");
told.rows = await page.locator("section table tbody tr").count();
told.errors = errors;
await browser.close();
process.stdout.write(JSON.stringify(told));
