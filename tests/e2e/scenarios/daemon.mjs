// kill -9 of the daemon: it comes back by itself, and so does what it told.
import fs from "node:fs";
import { newProfile, openFile, openFolder, readProblems, sel, until } from "../driver.mjs";
import { columnToMisspell, prepOf } from "../modules.mjs";

const BACK = 60_000;

export default async function play(e2e) {
  const { checks, processes } = e2e;
  const folder = e2e.solved("daemon");
  const { name, misspelt } = columnToMisspell(folder);
  fs.writeFileSync(prepOf(folder), fs.readFileSync(prepOf(folder), "utf8").replace(`"${name}"`, `"${misspelt}"`));
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();
  const told = () => readProblems(page, (problems) => problems.some(({ message }) => message.includes(misspelt)), "the problem", 4 * BACK);

  await checks.check(page, "a broken module is told when it is opened", async () => {
    await openFolder(page, e2e.server.url, folder);
    await openFile(page, prepOf(folder));
    await told();
  });
  await checks.check(page, "the daemon comes back after kill -9, with its diagnostics", async () => {
    const [first] = await until(() => processes.daemons().length === 1 && processes.daemons(), "one daemon", BACK);
    process.kill(first, "SIGKILL");
    const [second] = await until(() => processes.daemons().filter((pid) => pid !== first).length === 1 && processes.daemons(), "another daemon", BACK);
    await told();
    await page.locator(sel.codeLens).filter({ hasText: "Verify" }).first().waitFor();
    return { first, second };
  });
  await checks.check(page, "nothing is left behind when the window closes", async () => {
    await page.close();
    await until(() => processes.daemons().length === 0, "the end of the daemon", BACK);
  });
  await profile.close();
}
