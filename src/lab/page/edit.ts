/** The inputs with which a held piece is written anew, field by field. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { LabCommand } from '../commands.js';
import type { Field } from '../events.js';
import type { ShownBytes } from './shown-bytes.js';
import { bytesOf, hexOf, textOf, visible } from './text.js';

export function fieldInput(shown: ShownBytes, field: Field, at: number): TemplateResult {
  const isHex = field.edit === 'hex';
  return html`<input
    name="field-${at}"
    aria-label="Change ${visible(field.name, 60)}${isHex ? ', in hex' : ''}"
    autocomplete="off"
    spellcheck="false"
    dir="auto"
    pattern=${isHex ? '([0-9a-fA-F]{2} ?)*' : nothing}
    title=${isHex ? 'Pairs of hex digits' : nothing}
    .value=${valueOf(shown, field)}
  />`;
}

/** A plaintext line is changed as text; everything else as bytes. */
export function edited(shown: ShownBytes, written: FormData): LabCommand {
  const { piece, of, fields } = shown;
  const parts = fields.map((field, at) => {
    const entry = written.get(`field-${at}`);
    if (typeof entry !== 'string') return hexAt(shown, field);
    return field.edit === 'text' ? hexOf(new TextEncoder().encode(entry)) : entry.replaceAll(' ', '').toLowerCase();
  });
  const text = written.get('field-0');
  if (piece.kind === 'text' && fields[0]?.edit === 'text' && typeof text === 'string') {
    return { do: 'edit-text', piece: piece.id, text };
  }
  return { do: 'edit', piece: piece.id, of, hex: parts.join('') };
}

/** What stands in the inputs and was not made part of the piece yet. null: nothing. */
export function unsaved(shown: ShownBytes, written: FormData): LabCommand | null {
  const isAsShown = shown.fields.every((field, at) => {
    const entry = written.get(`field-${at}`);
    return typeof entry !== 'string' || entry === valueOf(shown, field);
  });
  return isAsShown ? null : edited(shown, written);
}

function hexAt({ hex }: ShownBytes, { offset, length }: Field): string {
  return hex.slice(2 * offset, 2 * (offset + length));
}

function valueOf(shown: ShownBytes, field: Field): string {
  const hex = hexAt(shown, field);
  return field.edit === 'text' ? (textOf(bytesOf(hex)) ?? '') : hex;
}
