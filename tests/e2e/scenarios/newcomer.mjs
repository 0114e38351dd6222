// A fresh profile, nothing set up: from the walkthrough to a submission of the sample competition.
// The daemon's environment is made here from what the extension carries. With NEWCOMER=1 no Python on
// PATH has the packages for models either, and the extension makes that environment, too (minutes).
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { answerTrust, choose, newProfile, openEmptyWindow, openWalkthrough, readTerminal, sel, until, walkthroughStep } from "../driver.mjs";

const MADE = 240_000;
const MADE_WHOLE = 900_000;
const SOLVED = 180_000;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const parent = path.join(e2e.work, "newcomer");
  const folder = path.join(parent, "late-bikes");
  fs.mkdirSync(parent);
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "the walkthrough has steps", async () => {
    await openEmptyWindow(page, server.url);
    return openWalkthrough(page, "Solve your first competition");
  });
  await checks.check(page, "it writes and opens the sample", async () => {
    await walkthroughStep(page, "Open a competition", "Open Sample Competition");
    const place = page.locator(sel.quickText);
    await until(async () => (await place.inputValue()) !== "", "the folder that is proposed"); // it would come over ours
    await until(async () => {
      await place.fill(`${parent}${path.sep}`);
      await page.waitForTimeout(500); // the dialog may still write the folder that it proposes
      return (await place.inputValue()) === `${parent}${path.sep}`;
    }, "the folder that was typed");
    await page.locator(sel.quickInput).locator(".monaco-button").filter({ hasText: /OK|Write Sample Here/ }).first().click();
    await until(() => fs.existsSync(path.join(folder, "train.csv")), "the sample", MADE);
    await page.locator(sel.explorer).filter({ hasText: "train.csv" }).waitFor({ timeout: 60_000 });
    await answerTrust(page, true);
  });
  await checks.check(page, "it asks for the time and shows one page", async () => {
    await openWalkthrough(page, "Solve your first competition");
    await walkthroughStep(page, "Solve it", "Solve Competition");
    await choose(page, /Another time/);
    await page.locator(sel.quickText).fill("60s");
    await page.keyboard.press("Enter");
    if (process.env.NEWCOMER) await choose(page, /Create iiML Environment/);
    const dialog = page.locator(sel.dialog).filter({ hasText: "Solve this competition?" });
    await dialog.waitFor({ timeout: process.env.NEWCOMER ? MADE_WHOLE : MADE });
    return (await dialog.innerText()).replace(/\s+/g, " ");
  });
  await checks.check(page, "it solves in the terminal", async () => {
    await page.locator(sel.dialog).locator(".monaco-button").filter({ hasText: /^\s*Solve\s*$/ }).click();
    return readTerminal(page, /CPU|GPU/, SOLVED);
  });
  await checks.check(page, "there is a submission, and the window says so", async () => {
    await until(() => fs.existsSync(path.join(folder, "submission.csv")), "submission.csv", SOLVED);
    await until(() => processes.solvers(folder).length === 0, "the end of the solve", SOLVED);
    const toast = page.locator(sel.toast).filter({ hasText: "is solved" });
    await toast.waitFor({ timeout: 60_000 });
    expect((await toast.innerText()).includes("Best score"), await toast.innerText());
    return (await toast.innerText()).replace(/\s+/g, " ");
  });
  await profile.close();
}
