// Takes pictures of the main pages, in both themes and on a narrow window, of a site that is being served:
//   node tests/browser/screenshots.mjs http://127.0.0.1:8000 FOLDER [CHROMIUM]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, folder, executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
if (!base || !folder) {
  console.error("usage: node screenshots.mjs BASE FOLDER [CHROMIUM]");
  process.exit(2);
}
const PAGES = {
  accueil: "",
  laureats: "laureats?public=exiles",
  laureat: "doc/laureat/pic-ipr/media-formation-pare-76",
  territoire: "doc/territoire/departement/76",
  commune: "commune?q=Rouen",
  texte: "texte/pic-normandie",
  carte: "carte",
  intercommunalites: "carte?nature=epci",
  sparql: "sparql",
  donnees: "donnees",
  qualite: "qualite",
};
const MODES = {
  clair: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  sombre: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  etroit: { viewport: { width: 320, height: 700 }, colorScheme: "light" },
};
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"] });
for (const [mode, options] of Object.entries(MODES)) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(`${base}/fr/${path}`);
    await page.screenshot({ path: join(folder, `${name}-${mode}.png`), fullPage: name !== "texte" });
  }
  await context.close();
}
await browser.close();
console.log(`${Object.keys(PAGES).length * Object.keys(MODES).length} pictures in ${folder}`);
