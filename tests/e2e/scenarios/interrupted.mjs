// kill -9 of the solver in the middle: the window says so, what was there stays, and Resume goes on.
import fs from "node:fs";
import path from "node:path";
import { newProfile, openCompetitionView, openFolder, readStatusBar, readToast, readTree, runCommand, solve, stop, until } from "../driver.mjs";

const MINUTES = 60_000;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const folder = e2e.copy("interrupted");
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();
  let scored;

  await checks.check(page, "a solve scores its first candidate", async () => {
    await openFolder(page, server.url, folder);
    await openCompetitionView(page);
    await solve(page);
    const rows = await readTree(page, "Tracks", /\d\.\d/, 3 * MINUTES);
    [scored] = rows.filter((row) => /\d\.\d/.test(row)).map((row) => /^\d+-[a-z_]+/.exec(row)[0]);
    return rows;
  });
  await checks.check(page, "the window tells that the solver was killed", async () => {
    const [solver] = processes.solvers(folder);
    process.kill(solver, "SIGKILL");
    const said = await readToast(page, /was killed/, MINUTES);
    await readTree(page, "Competition", /interrupted; Resume goes on/, MINUTES);
    await until(() => processes.runsOf(folder).length === 0, "the end of its scripts", MINUTES);
    return said;
  });
  await checks.check(page, "Resume goes on with what was scored", async () => {
    await runCommand(page, "iiml: Resume Solve");
    await until(() => processes.solvers(folder).length === 1, "a solver", MINUTES);
    await readStatusBar(page, /iiML: \S/, MINUTES);
    await until(() => fs.existsSync(path.join(folder, "submission.csv")), "a submission", 3 * MINUTES);
    const rows = await readTree(page, "Tracks", new RegExp(`${scored}.*\\d\\.\\d`), MINUTES);
    return rows;
  });
  await checks.check(page, "Stop ends it, and the best so far is handed in", async () => {
    await stop(page);
    await until(() => processes.solvers(folder).length === 0, "the end of the solve", 2 * MINUTES);
    await readTree(page, "Competition", /Status\s*(stopped|solved)/, MINUTES);
    return readTree(page, "Competition", /submission\.csv/, MINUTES);
  });
  await profile.close();
}
