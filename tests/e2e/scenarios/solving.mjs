// One solve, watched from everywhere: two windows and a shell, through a closed terminal and a reload.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { newProfile, openFolder, readStatusBar, readTerminal, readToast, runCommand, sel, solve, stop, until } from "../driver.mjs";

const MINUTES = 60_000;
/** Folds enough that a quick machine still solves when the last window has looked. */
const MANY = 12;
/** What only a run says: a line with its time, or the command line of a script. */
const RUN = /\[ *\d+\.\d s\]|--data-dir/;
/** Among the first lines of a solve; on a quick machine it has left the terminal's screen before one looks. */
const HARDWARE = /Computes on (CPU|GPU)/;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const folder = e2e.copy("solving");
  fs.writeFileSync(path.join(folder, "iiml.toml"), `folds = ${MANY}\n`);
  const solvers = () => processes.solvers(folder);
  const profile = await newProfile(e2e.browser);
  const first = await profile.newPage();
  const second = await profile.newPage();

  await checks.check(first, "solve from the palette", async () => {
    await openFolder(first, server.url, folder);
    await solve(first);
    return readTerminal(first, /\S/, MINUTES);
  });
  const solver = await until(() => solvers()[0], "a solver", MINUTES);
  await checks.check(first, "the terminal shows the run", () => readTerminal(first, RUN, MINUTES));
  await checks.check(first, "the status bar shows the phase", () => readStatusBar(first, /iiML: \S/, MINUTES));
  await checks.check(second, "a second window shows it", async () => {
    await openFolder(second, server.url, folder, { trust: null });
    return readStatusBar(second, /iiML: \S/, MINUTES);
  });
  await checks.check(second, "solving there and in a shell attaches", async () => {
    await solve(second);
    const shell = attach(e2e, folder);
    await readTerminal(second, RUN, MINUTES);
    expect((await second.locator(sel.quickInput).count()) === 0, "the window asks something");
    await until(() => HARDWARE.test(shell.said), "the hardware in the shell", MINUTES);
    shell.kill();
    expect(solvers().length === 1 && solvers()[0] === solver, `solvers: ${solvers()}, at first ${solver}`);
    return shell.said.slice(0, 200);
  });
  await checks.check(first, "a reload attaches again", async () => {
    await first.reload();
    await first.waitForSelector(sel.workbench);
    const phase = await readStatusBar(first, /iiML: \S/, MINUTES);
    await readTerminal(first, RUN, MINUTES);
    expect(solvers().length === 1 && solvers()[0] === solver, `solvers: ${solvers()}, at first ${solver}`);
    return phase;
  });
  await checks.check(first, "a closed terminal loses nothing", async () => {
    await runCommand(first, "Terminal: Kill All Terminals");
    await first.locator(sel.terminalRows).first().waitFor({ state: "hidden" });
    expect(solvers()[0] === solver, "the solver ended with the terminal");
  });
  await checks.check(second, "Stop keeps the best so far, and the submission is valid", async () => {
    await readStatusBar(second, /iiML: .*\d\.\d/, 3 * MINUTES);
    expect(solvers()[0] === solver, "the solve has ended before it was stopped");
    await stop(second);
    await until(() => solvers().length === 0, "the end of the solve", 2 * MINUTES);
    checkSubmission(folder);
    return readToast(second, /was stopped.*Best score/, MINUTES);
  });
  await checks.check(first, "the window without a terminal tells nothing wrong", async () => {
    await first.locator(sel.statusBar).filter({ hasText: /iiML: \S/ }).waitFor({ state: "hidden", timeout: MINUTES });
    expect((await first.locator(`${sel.toast} .codicon-error`).count()) === 0, "an error is shown");
  });
  await profile.close();
  e2e.keepSolved(folder);
}

/** What a person types in a shell while the editor solves. */
function attach({ python }, folder) {
  const shell = spawn(python, ["-I", "-m", "iiml_codegen.cli", "solve", folder], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { said: "", kill: () => shell.kill("SIGKILL") };
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (data) => (said.said += data));
  return said;
}

/** Columns, ids and number of rows are those of the sample submission, and no cell is empty. */
function checkSubmission(folder) {
  const rows = (name) => fs.readFileSync(path.join(folder, name), "utf8").trimEnd().split(/\r?\n/).map((line) => line.split(","));
  const submission = rows("submission.csv");
  expect(submission.every((cells) => cells.every((cell) => cell.trim() !== "")), "empty cells");
  const name = fs.readdirSync(folder).find((file) => /^sample.*\.csv$/i.test(file));
  if (name === undefined) return;
  const sample = rows(name);
  expect(submission[0].join() === sample[0].join(), "other columns than in the sample submission");
  const ids = (table) => table.map(([id]) => id).sort().join();
  expect(ids(submission) === ids(sample), "other rows than in the sample submission");
}
