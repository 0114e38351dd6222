// A folder that is not trusted: nothing of ours runs, nothing is written; trust starts it.
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { newProfile, openCompetitionView, openFile, openFolder, runCommand, sel, until } from "../driver.mjs";

const WATCHED = 6000;

export default async function play(e2e) {
  const { checks, processes, server } = e2e;
  const folder = e2e.copy("untrusted");
  fs.writeFileSync(path.join(folder, "iiml.toml"), "");
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();
  await checks.check(page, "nothing runs in an untrusted folder", async () => {
    await openFolder(page, server.url, folder, { trust: false });
    await page.locator(sel.statusBar).filter({ hasText: "Restricted Mode" }).waitFor();
    await openFile(page, path.join(folder, "iiml.toml"));
    await page.waitForTimeout(WATCHED);
    expect(processes.ours().length === 0, processes.ours().join("\n"));
    expect(!fs.existsSync(path.join(folder, "iiml")), "iiml/ was written");
  });
  await checks.check(page, "the view says what to do", async () => {
    await openCompetitionView(page);
    const welcome = page.locator(".welcome-view").filter({ hasText: "trusted" }).first();
    await welcome.waitFor();
    expect(processes.ours().length === 0, processes.ours().join("\n"));
    return (await welcome.innerText()).trim();
  });
  await checks.check(page, "trust starts it", async () => {
    await runCommand(page, "Workspaces: Manage Workspace Trust");
    await page.locator(".workspace-trust-editor .monaco-button").filter({ hasText: /^\s*Trust/ }).first().click();
    await until(() => processes.daemons().length === 1, "a daemon", 240_000);
  });
  await profile.close();
}
