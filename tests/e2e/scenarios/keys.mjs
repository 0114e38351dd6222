// An API key typed into the window: only the daemon gets it, and no file of ours or of VS Code has it in clear.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect } from "../checks.mjs";
import { choose, newProfile, openFile, openFolder, readStatusBar, readToast, runCommand, sel, solve, stop, textOfEditor, until } from "../driver.mjs";
import { prepOf } from "../modules.mjs";

const KEY = `e2e-key-${process.pid}-never-to-be-seen`;
const MINUTE = 60_000;

export default async function play(e2e) {
  const { checks, processes, server, work } = e2e;
  const folder = e2e.solved("keys");
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();
  const keyless = () => {
    const files = filesWith(KEY, work);
    expect(files.length === 0, `the key is in ${files.join(", ")}`);
  };

  await checks.check(page, "a key is kept, and the daemon gets it", async () => {
    await openFolder(page, server.url, folder);
    await openFile(page, prepOf(folder));
    await page.locator(sel.codeLens).first().waitFor({ timeout: 4 * MINUTE });
    await runCommand(page, "iiml: Set API Key");
    await choose(page, /OpenAI/);
    const secret = page.locator(`${sel.quickInput} input[type="password"]`);
    await secret.fill(KEY);
    await page.keyboard.press("Enter");
    const said = await readToast(page, /key is kept/);
    await until(() => processes.knowing(KEY).length === 1, "a daemon with the key", MINUTE);
    expect(processes.daemons().includes(processes.knowing(KEY)[0]), "another process has the key");
    return said;
  });
  await checks.check(page, "debug info tells versions, interpreter and that there is a key, not the key", async () => {
    const text = await until(async () => {
      await runCommand(page, "iiml: Show Debug Info"); // the daemon starts again with the key, and says nothing before it has
      await page.locator(`${sel.tab}[aria-label*="iiML debug info"]`).first().waitFor();
      const shown = await textOfEditor(page);
      return shown.includes("iiML debug info") && shown.includes("libcst") && shown;
    }, "debug info with the daemon's words", MINUTE);
    for (const wanted of [/extension \d+\.\d+\.\d+/, /pygls \d/, /Python 3\.\d+/, /API keys kept for: openai/]) expect(wanted.test(text), `no ${wanted} in\n${text}`);
    expect(text.includes(e2e.python), `not the interpreter ${e2e.python}`);
    expect(!text.includes(KEY), "the key is in it");
    return text.length;
  });
  await checks.check(page, "a solve runs without the key", async () => {
    await solve(page);
    await readStatusBar(page, /iiML: \S/, MINUTE);
    await until(() => processes.runsOf(folder).length > 0, "a script that runs", MINUTE);
    const strangers = processes.knowing(KEY).filter((pid) => !processes.daemons().includes(pid));
    expect(strangers.length === 0, `processes with the key: ${strangers}`);
    await stop(page);
    await until(() => processes.solvers(folder).length === 0, "the end of the solve", 2 * MINUTE);
  });
  await checks.check(page, "no log, setting or file has the key", async () => {
    await runCommand(page, "iiml: Show Logs");
    await page.locator(".part.panel .view-lines").first().waitFor();
    expect(!(await page.locator("body").innerText()).includes(KEY), "the key is shown");
    keyless();
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(!kept.includes(KEY), "the browser's storage has it in clear");
    return `${path.basename(work)}: none`;
  });
  await checks.check(page, "a cleared key is gone from the daemon", async () => {
    await runCommand(page, "iiml: Clear API Key");
    await choose(page, /OpenAI/);
    await until(() => processes.daemons().length === 1 && processes.knowing(KEY).length === 0, "a daemon without the key", MINUTE);
  });
  await profile.close();
}

/** Files below `folder` that have `text`, in archives of VS Code's storage as well. */
function filesWith(text, folder) {
  try {
    return execFileSync("grep", ["-rlaF", "--", text, folder], { encoding: "utf8" }).trim().split("\n");
  } catch (error) {
    if (error.status === 1) return []; // none
    throw error;
  }
}
