// A model edited by hand: the note that follows a save, the run of what it affects, and a solve that keeps it.
import fs from "node:fs";
import { expect } from "../checks.mjs";
import { clickToast, goTo, newProfile, openCompetitionView, openFile, openFolder, readTerminal, readToast, readTree, save, sel, solve, stop, until } from "../driver.mjs";
import { modelOf, numberToChange } from "../modules.mjs";

const MINUTES = 60_000;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const folder = e2e.solved("handmade");
  const number = numberToChange(folder);
  const mine = () => fs.readFileSync(modelOf(folder), "utf8").includes(number.changed);
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "saving a changed model tells what it affects", async () => {
    await openFolder(page, server.url, folder);
    await openFile(page, modelOf(folder));
    await page.locator(sel.codeLens).filter({ hasText: "Run this track" }).first().waitFor({ timeout: 4 * MINUTES });
    await goTo(page, number.line, number.end);
    await page.keyboard.type("5");
    await save(page);
    const said = await readToast(page, /Affected:/, 2 * MINUTES);
    expect(mine(), "the file was not saved");
    return said;
  });
  await checks.check(page, "Run Affected Tracks scores it", async () => {
    await clickToast(page, /Affected:/, "Run Affected Tracks");
    await until(() => processes.solvers(folder).length === 1, "a solver", MINUTES);
    await until(() => processes.solvers(folder).length === 0, "the end of the run", 3 * MINUTES);
    const said = await readToast(page, /handmade/, MINUTES);
    expect(mine(), "the run changed the module");
    return said;
  });
  await checks.check(page, "a new solve keeps the module as it was edited", async () => {
    await openCompetitionView(page);
    await solve(page);
    await readTerminal(page, /Candidate [\w-]+: (partial|scored)/, 3 * MINUTES);
    await stop(page);
    await until(() => processes.solvers(folder).length === 0, "the end of the solve", 2 * MINUTES);
    expect(mine(), "the solve has written over the module");
    return readTree(page, "Tracks", /\d\.\d/, MINUTES);
  });
  await profile.close();
}
