import * as vscode from "vscode";

/** For whom a key can be kept; none of them is asked unless a solve is started with it. */
export const PROVIDERS = [
  { id: "gemini", label: "Google Gemini" },
  { id: "openai", label: "OpenAI-compatible server" },
  { id: "search", label: "Web search" },
] as const;

export type Provider = (typeof PROVIDERS)[number]["id"];

const secret = (provider: Provider): string => `iiml.apiKey.${provider}`;

/** The API keys, in the editor's secret storage; the daemon gets them by its environment, nobody else does. */
export class ApiKeys {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  readonly onDidChange = (listener: () => void): vscode.Disposable =>
    this.secrets.onDidChange((event) => {
      if (PROVIDERS.some(({ id }) => secret(id) === event.key)) listener();
    });

  set(provider: Provider, key: string): Thenable<void> {
    return this.secrets.store(secret(provider), key);
  }

  clear(provider: Provider): Thenable<void> {
    return this.secrets.delete(secret(provider));
  }

  async kept(): Promise<Provider[]> {
    const keys = await Promise.all(PROVIDERS.map(({ id }) => this.secrets.get(secret(id))));
    return PROVIDERS.filter((_, index) => keys[index] !== undefined).map(({ id }) => id);
  }

  async environment(): Promise<Record<string, string>> {
    const variables: Record<string, string> = {};
    for (const { id } of PROVIDERS) {
      const key = await this.secrets.get(secret(id));
      if (key !== undefined) variables[`IIML_${id.toUpperCase()}_API_KEY`] = key;
    }
    return variables;
  }
}
