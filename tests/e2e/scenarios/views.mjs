// What the side bar, the report and the tools of the editor show of a solved competition.
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { choices, clickTree, goTo, newProfile, openCompetitionView, openFile, openFolder, pressFor, readStatusBar, readTree, runCommand, sel, until, webview } from "../driver.mjs";
import { firstStep, modelOf, prepOf } from "../modules.mjs";

export default async function play(e2e) {
  const { checks } = e2e;
  const folder = e2e.solved("views");
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "the competition shows in the side bar", async () => {
    await openFolder(page, e2e.server.url, folder);
    await openCompetitionView(page);
    return readTree(page, "Competition", /\d/, 240_000);
  });
  await checks.check(page, "the blueprint lists steps", () => readTree(page, "Blueprint", /\S/));
  await checks.check(page, "a step leads to its code", async () => {
    const { line } = firstStep(folder, "P1");
    await clickTree(page, "Blueprint", /^\s*P1\b/);
    await page.locator(`${sel.tab}[aria-label*="prep.py"]`).first().waitFor();
    return readStatusBar(page, new RegExp(`Ln ${line},`));
  });
  await checks.check(page, "the tracks list candidates with scores", () => readTree(page, "Tracks", /\d\.\d/));
  await checks.check(page, "no patch waits, and the view says so", async () => {
    const welcome = page.locator(".welcome-view").filter({ hasText: "Verify Now" });
    await welcome.first().waitFor();
  });
  await checks.check(page, "the report opens in the editor", async () => {
    await runCommand(page, "iiml: Open Report");
    const body = webview(page).locator("body");
    await body.filter({ hasText: /leaderboard/i }).waitFor();
    return (await body.innerText()).slice(0, 200);
  });
  await checks.check(page, "modules have lenses", async () => {
    await openFile(page, modelOf(folder));
    await page.locator(sel.codeLens).filter({ hasText: "Run this track" }).first().waitFor();
    return (await page.locator(sel.codeLens).allInnerTexts()).slice(0, 5);
  });
  await checks.check(page, "the outline goes by steps", async () => {
    await openFile(page, prepOf(folder));
    await goTo(page, 1);
    await page.locator(sel.codeLens).filter({ hasText: "Verify" }).first().waitFor();
    await pressFor(page, "Control+Shift+O", sel.quickRow);
    await page.locator(sel.quickText).fill("@P1");
    const rows = await choices(page, { contains: /P1/ });
    await page.keyboard.press("Escape");
    return rows.slice(0, 12);
  });
  await checks.check(page, "the contract is in the test explorer", async () => {
    await runCommand(page, "Testing: Focus on Test Explorer View");
    const row = page.locator(".test-explorer .monaco-list-row");
    await row.first().click();
    await page.keyboard.press("ArrowRight");
    await row.nth(1).waitFor();
    return (await row.allInnerTexts()).map((text) => text.trim()).slice(0, 6);
  });
  await checks.check(page, "the pipeline is exported as a notebook", async () => {
    await runCommand(page, "iiml: Export as Notebook");
    const notebook = () => fs.readdirSync(folder, { recursive: true }).find((name) => name.endsWith(".ipynb"));
    const found = await until(notebook, "a notebook");
    expect(JSON.parse(fs.readFileSync(path.join(folder, found), "utf8")).cells.length > 1, "no cells");
    await page.locator(`${sel.tab}[aria-label*=".ipynb"]`).first().waitFor();
    const cells = page.locator(".notebook-editor .cell-list-container .monaco-list-row");
    await cells.nth(1).waitFor();
    return [found, await cells.count()];
  });
  await profile.close();
}
