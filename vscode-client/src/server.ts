import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import { findInterpreter } from "./interpreter";

/** The language server of this window: started, stopped, started anew; one change at a time. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Stops a running server and starts one with the interpreter in force now. */
  restart(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow()).then(() => this.startNow());
    return this.queue;
  }

  stop(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    return this.queue;
  }

  dispose(): void {
    void this.stop();
  }

  private async startNow(): Promise<void> {
    const python = findInterpreter(this.context);
    if (python === undefined) {
      this.log.warn("No Python with iiml found; set iiml.daemon.interpreter.");
      return;
    }
    await vscode.workspace.fs.createDirectory(this.context.globalStorageUri);
    // Neither the environment nor the folder of the workspace may choose what is imported: -I, own folder.
    const cwd = this.context.globalStorageUri.fsPath;
    const run = { command: python, args: ["-I", "-m", "iiml_server"], options: { cwd } };
    const client = new LanguageClient("iiml", "iiML", run, {
      documentSelector: [{ scheme: "file", language: "python", pattern: "**/iiml/**/*.py" }],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    });
    try {
      await client.start();
      this.client = client;
      this.log.info(`Language server started with ${python}`);
    } catch (error) {
      this.log.error(`The language server did not start with ${python}: ${String(error)}`);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.stop();
    } catch (error) {
      this.log.warn(`The language server did not stop in order: ${String(error)}`);
    }
  }
}
