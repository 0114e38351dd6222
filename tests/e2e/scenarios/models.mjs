// A solve asks a language model of the window: one of a small extension, which writes down what it is asked.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "../checks.mjs";
import { choose, newProfile, openFolder, readTerminal, readToast, runCommand, sel, stop, until } from "../driver.mjs";

const MINUTE = 60_000;
const EXTENSION = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "model");

export default async function play(e2e) {
  const { checks, processes, server, work } = e2e;
  const folder = e2e.copy("models");
  await server.install(pack(EXTENSION, work));
  server.settings({ ...e2e.chosen, "iiml.backbone.name": "editor", "chat.disableAIFeatures": false });
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "the page before the run says who is asked", async () => {
    await openFolder(page, server.url, folder);
    await runCommand(page, "iiml: Solve Competition");
    const dialog = page.locator(sel.dialog);
    await dialog.filter({ hasText: /Asked: .* model of this editor/ }).waitFor({ timeout: 4 * MINUTE });
    return (await dialog.innerText()).replace(/\s+/g, " ");
  });
  await checks.check(page, "the user chooses which model is asked", async () => {
    await page.locator(sel.dialog).locator(".monaco-button").filter({ hasText: /^\s*Solve\s*$/ }).click();
    await choose(page, /Scribe/);
    return readTerminal(page, /\S/, 2 * MINUTE);
  });
  await checks.check(page, "the question of an agent reaches the model", async () => {
    const questions = () => (fs.existsSync(server.asked) ? fs.readFileSync(server.asked, "utf8").trim().split("\n") : []);
    await until(() => questions().length > 0, "a question", 2 * MINUTE);
    const { model, text } = JSON.parse(questions()[0]);
    expect(model === "scribe-1" && /iiML agent \w+/.test(text), `${model}: ${text.slice(0, 300)}`);
    return text.slice(0, 200);
  });
  await checks.check(page, "the journal tells of the call, and the view of its tokens", async () => {
    const calls = () => journal(folder).filter(({ backbone }) => backbone === "editor");
    const [first] = await until(() => (calls().length > 0 ? calls() : undefined), "a call in the journal", MINUTE);
    expect(first.input_tokens > 0 && first.outcome === "rejected", JSON.stringify(first));
    const row = page.locator(".monaco-list-row", { hasText: /Language models/ });
    await page.locator(".activitybar .action-label[aria-label*='iiML']").first().click();
    await row.filter({ hasText: /editor .* tokens/ }).waitFor({ timeout: MINUTE });
    return JSON.stringify(first);
  });
  await checks.check(page, "the expert's submission stands", async () => {
    await until(() => fs.existsSync(path.join(folder, "submission.csv")), "a submission", 4 * MINUTE);
    await stop(page);
    await until(() => processes.solvers(folder).length === 0, "the end of the solve", 2 * MINUTE);
    return readToast(page, /stopped|solved/i);
  });
  await profile.close();
}

/** The extension as a package that can be installed. */
function pack(folder, work) {
  const out = path.join(work, "model.vsix");
  const root = path.resolve(folder, "..", "..", "..");
  const vsce = path.join(root, "node_modules", "@vscode", "vsce", "vsce");
  const flags = ["package", "--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", out];
  execFileSync(process.execPath, [vsce, ...flags], { cwd: folder, stdio: "pipe" });
  return out;
}

/** The calls of models that a journal has. */
function journal(folder) {
  const bodies = "SELECT body FROM events WHERE kind = 'ModelCalled' ORDER BY seq";
  const code = `import json, sqlite3, sys; print(json.dumps([json.loads(body) for body, in sqlite3.connect(sys.argv[1]).execute("${bodies}")]))`;
  return JSON.parse(execFileSync("python3", ["-I", "-c", code, path.join(folder, "iiml", "journal.sqlite")], { encoding: "utf8" }));
}
