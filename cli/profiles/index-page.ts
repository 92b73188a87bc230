/** @module The page beside exported profiles: for whoever types them into Intune, or feeds them to a script. */
import { printable } from '../inspect/finding.js';
import type { ProfileDraft } from './draft.js';
import type { ProfileRequest } from './request.js';

export interface ExportedProfile {
  readonly draft: ProfileDraft;
  readonly file: string;
}

const cell = (text: string): string => printable(text).replaceAll('|', '\\|');

/** Markdown. @param certificates files with the CA certificates, and what each is. */
export function renderIndex(
  { appUrl, scepUrl, next }: ProfileRequest,
  profiles: readonly ExportedProfile[],
  certificates: readonly (readonly [file: string, title: string])[],
): string {
  const fileOf = new Map(profiles.map(({ draft, file }) => [draft.key, file]));
  const rows = profiles.map(({ draft, file }) => {
    const refersTo = draft.references.map(({ to }) => fileOf.get(to) ?? to);
    return `| ${file} | ${cell(draft.displayName)} | \`${draft.type}\` | ${refersTo.join(', ')} |`;
  });
  return `# Intune profiles for ${appUrl}

Devices ask for their certificates at \`${scepUrl}\`.

| File | Name | Type in Microsoft Graph | Refers to |
| --- | --- | --- | --- |
${rows.join('\n')}

## By a script

\`skep profiles apply ${appUrl}\` does all of it. Without it: in the order of the table, POST each file to
\`https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations\` with the delegated permission
DeviceManagementConfiguration.ReadWrite.All, note the \`id\` of the answer, and put it where later files say
\`{id of …}\`.

## By hand

In the Intune admin center, under Devices, Configuration, make each profile of the table as its section below says. The
certificates to upload:

${certificates.map(([file, title]) => `- ${file}: ${title}`).join('\n')}

Assign a SCEP profile, the trusted certificates that it refers to, and its Wi-Fi profile to the same groups. A group holds
devices or users, never both.
${next ? NEXT_CA : ''}
${profiles.map((profile) => renderProfile(profile, fileOf)).join('\n')}`;
}

const NEXT_CA = `
The app has announced its next CA. Assign the profiles with its certificates beside the present ones, long enough before
the day on which it takes over. On that day, let the SCEP profiles refer to them: docs/ca.md.
`;

function renderProfile({ draft, file }: ExportedProfile, fileOf: ReadonlyMap<string, string>): string {
  const members = Object.entries(draft.members).filter(([name]) => name !== 'trustedRootCertificate');
  const lines = [
    ...members.map(([name, value]) => `- ${name}: ${cell(inWords(value))}`),
    ...draft.references.map(({ member, to }) => `- ${member}: the profile of ${fileOf.get(to) ?? to}`),
  ];
  return `### ${cell(draft.displayName)} (${file})\n\n${lines.join('\n')}\n`;
}

/** Lists by their items, objects by their values: `universalResourceIdentifier IntuneDeviceId://…`. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(inWords).join(' ');
  return String(value);
}
