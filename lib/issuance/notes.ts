/** @module What issuance leaves out of a certificate without refusing it, for the log and the journal. */

interface NoteRow {
  /** Whether it looks like an attack: worth a warning and an alert. */
  readonly security: boolean;
  readonly means: string;
}

export const NOTES = {
  'sid-extension': {
    security: true,
    means: 'The request carries a Windows security identifier. It was not copied.',
  },
  'extension-ignored': { security: false, means: 'The request asks for an extension that is never copied.' },
  'key-usage-dropped': {
    security: false,
    means: 'The request asks for a key usage that devices do not get.',
  },
  'validity-unreadable': { security: false, means: 'The requested validity period makes no sense.' },
  'validity-capped': { security: false, means: 'The requested validity period is longer than allowed.' },
} as const satisfies Record<string, NoteRow>;

export type NoteCode = keyof typeof NOTES;

export interface IssuanceNote {
  readonly code: NoteCode;
  readonly security: boolean;
  /** OIDs and names of ours; nothing else that the request holds. */
  readonly detail: string;
}
