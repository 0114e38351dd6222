// One solve, watched from everywhere: two windows and a shell, through a closed terminal and a reload.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { newProfile, openFolder, readStatusBar, readTerminal, runCommand, sel, solve, until } from "../driver.mjs";

const MINUTES = 60_000;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const folder = e2e.copy("solving");
  const solvers = () => processes.solvers(folder);
  server.settings({ "iiml.interpreter": e2e.python, "iiml.solve.budget": "60s" });
  const profile = await newProfile(e2e.browser);
  const first = await profile.newPage();
  const second = await profile.newPage();

  await checks.check(first, "solve from the palette", async () => {
    await openFolder(first, server.url, folder);
    await solve(first);
    return readTerminal(first, /\S/);
  });
  const solver = await until(() => solvers()[0], "a solver");
  await checks.check(first, "the terminal shows the run", () => readTerminal(first, /GPU|CPU/, MINUTES));
  await checks.check(first, "the status bar shows the phase", () => readStatusBar(first, /iiML: \S/, MINUTES));
  await checks.check(second, "a second window shows it", async () => {
    await openFolder(second, server.url, folder);
    return readStatusBar(second, /iiML: \S/, MINUTES);
  });
  await checks.check(second, "solving there and in a shell attaches", async () => {
    await solve(second);
    const shell = attach(e2e, folder);
    await readTerminal(second, /\S/);
    await until(() => shell.said.length > 0, "words in the shell");
    shell.kill();
    expect(solvers().length === 1 && solvers()[0] === solver, `solvers: ${solvers()}, at first ${solver}`);
    return shell.said.slice(0, 200);
  });
  await checks.check(first, "a closed terminal loses nothing", async () => {
    await runCommand(first, "Terminal: Kill All Terminals");
    await first.locator(sel.terminalRows).first().waitFor({ state: "hidden" });
    expect(solvers()[0] === solver, "the solver ended with the terminal");
  });
  await checks.check(second, "a reload attaches again", async () => {
    await second.reload();
    await second.waitForSelector(sel.workbench);
    const phase = await readStatusBar(second, /iiML: \S/, MINUTES);
    await readTerminal(second, /\S/, MINUTES);
    expect(solvers().length === 1 && solvers()[0] === solver, `solvers: ${solvers()}, at first ${solver}`);
    return phase;
  });
  await checks.check(second, "the submission is valid", async () => {
    await until(() => solvers().length === 0, "the end of the solve", 3 * MINUTES);
    await checkSubmission(e2e, folder);
    await second.locator(sel.toast).filter({ hasText: /solved/ }).waitFor();
  });
  await checks.check(first, "the window without a terminal tells nothing wrong", async () => {
    await first.locator(sel.statusBar).filter({ hasText: /iiML: \S/ }).waitFor({ state: "hidden" });
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

/** iiML's own checker, up to the rung that looks at the submission. */
async function checkSubmission({ python }, folder) {
  expect(fs.existsSync(path.join(folder, "submission.csv")), "no submission.csv");
  const rows = (name) => fs.readFileSync(path.join(folder, name), "utf8").trimEnd().split("\n");
  const sample = fs.readdirSync(folder).find((name) => /^sample.*\.csv$/i.test(name));
  if (sample === undefined) return;
  expect(rows("submission.csv")[0].trim() === rows(sample)[0].trim(), "other columns than in the sample submission");
  expect(rows("submission.csv").length === rows(sample).length, "other rows than in the sample submission");
  execFileSync(python, ["-I", "-m", "iiml_codegen.cli", "verify", folder, "--rung", "6"], { stdio: "pipe" });
}
