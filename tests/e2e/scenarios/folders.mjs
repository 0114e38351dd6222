// Two competitions in one window: one solved, one not yet.
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { choices, choose, newProfile, openCompetitionView, openFile, openFolder, agreeToSolve, readStatusBar, readTree, runCommand, stop, until } from "../driver.mjs";
import { prepOf } from "../modules.mjs";

const MINUTES = 60_000;

export default async function play(e2e) {
  const { checks, processes } = e2e;
  const solved = e2e.solved("first");
  const other = e2e.copy("second");
  const before = listing(solved);
  const workspace = path.join(e2e.work, "both.code-workspace");
  fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: solved }, { path: other }] }));
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "one daemon serves both folders", async () => {
    await openFolder(page, e2e.server.url, workspace);
    await openCompetitionView(page);
    const rows = await readTree(page, "Competition", /first · (solved|stopped)/, 4 * MINUTES);
    await until(() => processes.daemons().length === 1, "one daemon", MINUTES);
    return rows;
  });
  await checks.check(page, "solving asks which one, and solves only that", async () => {
    await runCommand(page, "iiml: Solve Competition");
    const rows = await choices(page, { contains: /second/ });
    expect(rows.some((row) => row.includes("first")), rows.join("\n"));
    await choose(page, /second/);
    await agreeToSolve(page);
    await until(() => processes.solvers(other).length === 1, "a solver", MINUTES);
    expect(processes.solvers(solved).length === 0, "the other folder is solved, too");
    await readStatusBar(page, /iiML: \S/, MINUTES);
    return rows;
  });
  await checks.check(page, "the views follow the editor", async () => {
    await openFile(page, prepOf(solved));
    await readTree(page, "Competition", /first · (solved|stopped) · shown/, MINUTES);
    const steps = await readTree(page, "Blueprint", /P1/, MINUTES);
    await openFile(page, path.join(other, "train.csv"));
    await readTree(page, "Competition", /second · running · shown/, MINUTES);
    return steps.slice(0, 3);
  });
  await checks.check(page, "the other folder stays as it was", async () => {
    await readStatusBar(page, /iiML: .*\d\.\d/, 3 * MINUTES);
    await stop(page);
    await until(() => processes.solvers(other).length === 0, "the end of the solve", 2 * MINUTES);
    expect(fs.existsSync(path.join(other, "iiml", "prep.py")), "no modules in the folder that was solved");
    const [then, now] = [before, listing(solved)];
    const changed = [...new Set([...then.keys(), ...now.keys()])].filter((name) => then.get(name) !== now.get(name));
    expect(changed.length === 0, `changed: ${changed.join(", ")}`);
  });
  await profile.close();
}

/** Every file of a folder with its size and time; looking at a journal touches only what SQLite keeps beside it. */
function listing(folder) {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const looked = /-(wal|shm)$/;
  return new Map(files.filter(({ name }) => !looked.test(name)).map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const { size, mtimeMs } = fs.statSync(file);
    return [path.relative(folder, file), `${size} ${mtimeMs}`];
  }));
}
