// Runs checks, prints a line for each, and keeps a screenshot of what the window showed at its end.
import fs from "node:fs";
import path from "node:path";

const FADE = 350;

export class Checks {
  #folder;
  #scenario = "";
  #begun = Date.now();
  #passed = 0;
  #failed = [];
  #failedScenarios = new Set();
  #number = 0;

  constructor(folder) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  begin(scenario) {
    this.#scenario = scenario;
    this.#begun = Date.now();
  }

  end() {
    console.log(`     ${this.#scenario} took ${secondsSince(this.#begun)} s`);
  }

  /** True if `body` did not throw. What it returns is printed behind the name. */
  async check(page, name, body) {
    const begun = Date.now();
    let failure, said;
    try {
      said = await body();
    } catch (error) {
      failure = error;
    }
    const shot = await this.#screenshot(page, name);
    const seconds = secondsSince(begun);
    if (failure === undefined) {
      this.#passed++;
      console.log(`ok   ${this.#scenario}: ${name} (${seconds} s)${said === undefined ? "" : ` ${JSON.stringify(said).slice(0, 300)}`}`);
      return true;
    }
    this.#fail(name);
    console.log(`FAIL ${this.#scenario}: ${name} (${seconds} s)\n     ${String(failure.message).slice(0, 1500)}\n     ${shot}`);
    return false;
  }

  /** A scenario ended early: something between its checks went wrong. */
  broke(error) {
    this.#fail(this.#scenario);
    console.log(`FAIL ${this.#scenario}: ended early\n     ${error.stack}`);
  }

  /** Says how many failed; the scenarios that they belong to. */
  report() {
    console.log(`${this.#passed} passed, ${this.#failed.length} failed; screenshots in ${this.#folder}`);
    return [...this.#failedScenarios];
  }

  #fail(name) {
    this.#failed.push(name);
    this.#failedScenarios.add(this.#scenario);
  }

  async #screenshot(page, name) {
    const number = String(++this.#number).padStart(2, "0");
    const file = path.join(this.#folder, `${number}-${this.#scenario}-${name.replace(/\W+/g, "-")}.png`);
    try {
      await page.waitForTimeout(FADE); // hovers and toasts fade
      await page.screenshot({ path: file, timeout: 10_000 });
    } catch (error) {
      return `no screenshot: ${error.message}`;
    }
    return file;
  }
}

const secondsSince = (begun) => ((Date.now() - begun) / 1000).toFixed(1);

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}
