/**
 * What the page knows: a pure function of the events so far. A live page and a recorded one keep it in the same way.
 *
 * It has no element and no clock.
 */
import type {
  LabEvent,
  AttackOffer,
  Join,
  ListenerKnows,
  Numbered,
  SavedFile,
  SeatState,
  Setting,
  WirePiece,
} from '../events.js';
import type { Deed } from '../../attacker/deed.js';
import type { Side } from '../../protocol/side.js';

/** At most this many rows of the wire and of a chat are kept. The first rows go, and the page says how many. */
export const MOST_ROWS = 5000;

export interface LabState {
  /** null before the first run. */
  readonly run: Run | null;
  readonly hold: boolean;
  /** What could not be done, newest last. */
  readonly declined: readonly Note[];
  readonly saved: readonly Saved[];
  readonly experiment: string | null;
  readonly goals: Readonly<Record<string, Goal>>;
  /** The number of the last event. 0 before the first. */
  readonly last: number;
  /** When that was, in milliseconds since the run began. */
  readonly at: number;
}

export interface Run {
  /** From 1. */
  readonly run: number;
  readonly setting: Setting;
  readonly attacks: readonly AttackOffer[];
  /** The file that the run was read from. null if it really ran in the lab, where the wire has two halves. */
  readonly capture: string | null;
  /** The lines to type in a terminal of one's own, for the chair that is taken there. */
  readonly join: Readonly<Partial<Record<Side, Join>>>;
  readonly chairs: Readonly<Record<Side, Chair>>;
  readonly rows: readonly Row[];
  /** How many rows were left out at the start of `rows`. */
  readonly rowsGone: number;
  /** The held pieces, in the order in which they wait. */
  readonly queue: readonly number[];
  readonly listener: ListenerKnows | null;
  /** The conversation that is being played. null if none was. */
  readonly playing: { readonly done: number; readonly of: number } | null;
  /** How many of the run's first events the lab itself no longer had when this page came. */
  readonly eventsGone: number;
  /** What the learner guessed last, with the number of the event. */
  readonly guess: LastGuess | null;
  /** Whether the attacker ended both connections. */
  readonly isCut: boolean;
}

export interface Chair {
  /** null until the process says something. */
  readonly seat: SeatState | null;
  readonly lines: readonly ChatLine[];
}

/** What a chair shows. `key` is the number of the event. */
export interface ChatLine {
  readonly key: number;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly kind: 'said' | 'shown' | 'complained' | 'fingerprint';
  readonly text: string;
  /** Whose key it is. Only for a fingerprint. */
  readonly of: Side | null;
}

/** A row of the wire. `key` is the number of the event that brought it. */
export type Row = PieceRow | NoteRow;

export interface PieceRow {
  readonly kind: 'piece';
  readonly key: number;
  readonly at: number;
  /** As it came, or as the attacker sent it. */
  readonly piece: WirePiece;
  /** What the attacker made of it while it was held. */
  readonly altered: WirePiece | null;
  /** What the learner says is in it; null as a text: they only pointed at it. null: no guess. */
  readonly guess: Guessed | null;
  /** Its frames in the two captures. null where it did not cross that half, or was not recorded. */
  readonly frames: Readonly<Record<Side, number | null>>;
  /** What the attacker did to make it. null if a person's process sent it. */
  readonly deed: Deed | null;
  /** The piece that it was made from. */
  readonly of: number | null;
  /** What became of it at the relay. null for what the attacker sent. */
  readonly fate: Fate | null;
}

export type Fate = 'on its way' | 'held' | 'passed' | 'replaced' | 'returned' | 'dropped';

export type Guessed = Pick<Extract<LabEvent, { readonly type: 'guessed' }>, 'text' | 'right'>;

export interface LastGuess extends Guessed {
  readonly key: number;
  /** The piece that it is about; null if its row is not kept any more. */
  readonly of: WirePiece | null;
  /** The right guess that its row has already, or null. It stays. */
  readonly before: Guessed | null;
}

/** Something that the attacker did, or learned, without bytes of its own. */
export interface NoteRow {
  readonly kind: 'note';
  readonly key: number;
  readonly at: number;
  readonly note:
    | { readonly type: 'cut' }
    | { readonly type: 'understood'; readonly from: Side; readonly text: string }
    | { readonly type: 'outcome'; readonly says: string };
}

interface Note {
  readonly key: number;
  readonly says: string;
}

export interface Saved {
  readonly key: number;
  readonly files: readonly SavedFile[];
}

export interface Goal {
  readonly met: boolean;
  readonly missing: readonly string[];
}

export const START: LabState = {
  run: null,
  hold: false,
  declined: [],
  saved: [],
  experiment: null,
  goals: {},
  last: 0,
  at: 0,
};

/**
 * The state after more events. Events that it had before are skipped, so a source may send them again after it
 * reconnects.
 */
export function reduce(state: LabState, events: readonly Numbered[]): LabState {
  const draft = new Draft(state);
  for (const { number, at, event } of events) {
    if (number > draft.state.last) draft.take(number, at, event);
  }
  return draft.done();
}

/** Copies the list of rows once for many events. A reload brings thousands of them together. */
class Draft {
  state: LabState;
  #rows: Row[] | null = null;

  constructor(state: LabState) {
    this.state = state;
  }

  take(number: number, at: number, event: LabEvent): void {
    this.state = { ...this.state, last: number, at };
    switch (event.type) {
      case 'run':
        this.#rows = [];
        this.#set({ run: newRun(event), declined: [], saved: [] });
        return;
      case 'hold':
        this.#set({ hold: event.on });
        return;
      case 'saved':
        this.#set({ saved: [...this.state.saved, { key: number, files: event.files }] });
        return;
      case 'declined':
        this.#set({ declined: [...this.state.declined, { key: number, says: event.says }].slice(-20) });
        return;
      case 'experiment':
        this.#set({ experiment: event.name });
        return;
      case 'goal':
        this.#set({
          goals: { ...this.state.goals, [event.experiment]: { met: event.met, missing: event.missing } },
        });
        return;
      case 'seat':
        this.#chair(event.side, (chair) => ({ ...chair, seat: event.state }));
        return;
      case 'said':
      case 'shown':
        this.#line(event.side, { key: number, at, kind: event.type, text: event.text, of: null });
        return;
      case 'complained':
        this.#line(event.side, { key: number, at, kind: 'complained', text: event.says, of: null });
        return;
      case 'fingerprint':
        this.#line(event.side, { key: number, at, kind: 'fingerprint', text: event.sha256, of: event.of });
        return;
      case 'join':
        this.#run({ join: { ...this.state.run?.join, [event.side]: event.lines } });
        return;
      case 'playing':
        this.#run({ playing: { done: event.done, of: event.of } });
        return;
      case 'left-out':
        this.#run({ eventsGone: event.events });
        return;
      case 'listener':
        this.#run({ listener: event.knows });
        return;
      default: {
        this.#onTheWire(number, at, event);
        return;
      }
    }
  }

  #onTheWire(key: number, at: number, event: WireEvent): void {
    switch (event.type) {
      case 'came':
        this.#add(cameRow(key, at, event.piece, event.held));
        if (event.held) this.#queue((order) => [...order, event.piece.id]);
        return;
      case 'altered':
        // A bit that was flipped twice is as it was.
        this.#change(event.piece.id, (row) => ({
          ...row,
          altered: event.piece.hex === row.piece.hex ? null : event.piece,
        }));
        return;
      case 'guessed':
        this.#guessed(key, event);
        return;
      case 'went':
        this.#went(key, at, event);
        return;
      case 'dropped':
        this.#queue((order) => order.filter((each) => each !== event.of));
        {
          this.#change(event.of, (row) => ({ ...row, fate: 'dropped' }));
          return;
        }
      case 'queue':
        this.#queue(() => event.order);
        return;
      case 'cut':
        this.#run({ isCut: true });
        {
          this.#add({ kind: 'note', key, at, note: { type: 'cut' } });
          return;
        }
      case 'outcome':
        this.#add({ kind: 'note', key, at, note: { type: 'outcome', says: event.says } });
        return;
      case 'understood':
        this.#add({ kind: 'note', key, at, note: { type: 'understood', from: event.from, text: event.text } });
        return;
    }
  }

  #went(key: number, at: number, { of, deed, piece }: Extract<LabEvent, { readonly type: 'went' }>): void {
    if (of !== null && (deed === 'passed on' || deed === 'sent late')) {
      this.#queue((order) => order.filter((each) => each !== of));
      this.#change(of, (row) => ({
        ...row,
        fate: 'passed',
        deed: deed === 'sent late' ? deed : row.deed,
        frames: { ...row.frames, [piece.half]: piece.frame },
      }));
      return;
    }
    if (of !== null && (deed === 'changed' || deed === 'sent back')) {
      this.#queue((order) => order.filter((each) => each !== of));
      this.#change(of, (row) => ({ ...row, fate: fateAfter(deed, row.fate) }));
    }
    const frames = { client: null, server: null, [piece.half]: piece.frame };
    this.#add({ kind: 'piece', key, at, piece, frames, deed, of, fate: null, altered: null, guess: null });
  }

  /** A row that was guessed right stays right. */
  #guessed(key: number, { piece: id, text, right }: Extract<LabEvent, { readonly type: 'guessed' }>): void {
    const row = this.#rowsToChange().findLast((each) => isPieceThatCame(each, id));
    const has = row?.kind === 'piece' ? row : null;
    const before = has?.guess?.right === true ? has.guess : null;
    this.#run({ guess: { key, of: has?.piece ?? null, before, text, right } });
    if (before === null || right === true) this.#change(id, (each) => ({ ...each, guess: { text, right } }));
  }

  done(): LabState {
    const { run } = this.state;
    if (run === null || this.#rows === null) return this.state;
    const gone = Math.max(0, this.#rows.length - MOST_ROWS);
    const rows = gone === 0 ? this.#rows : this.#rows.slice(gone);
    return { ...this.state, run: { ...run, rows, rowsGone: run.rowsGone + gone } };
  }

  #set(change: Partial<LabState>): void {
    this.state = { ...this.state, ...change };
  }

  #run(change: Partial<Run>): void {
    if (this.state.run !== null) this.#set({ run: { ...this.state.run, ...change } });
  }

  #queue(change: (order: readonly number[]) => readonly number[]): void {
    if (this.state.run !== null) this.#run({ queue: change(this.state.run.queue) });
  }

  #chair(side: Side, change: (chair: Chair) => Chair): void {
    const { run } = this.state;
    if (run !== null) this.#run({ chairs: { ...run.chairs, [side]: change(run.chairs[side]) } });
  }

  #line(side: Side, line: ChatLine): void {
    this.#chair(side, (chair) => ({ ...chair, lines: [...chair.lines, line].slice(-MOST_ROWS) }));
  }

  #rowsToChange(): Row[] {
    this.#rows ??= [...(this.state.run?.rows ?? [])];
    return this.#rows;
  }

  #add(row: Row): void {
    if (this.state.run !== null) this.#rowsToChange().push(row);
  }

  /** Changes the row of the piece that came with this number. It is nearly always one of the last. */
  #change(id: number, change: (row: PieceRow) => PieceRow): void {
    const rows = this.#rowsToChange();
    const at = rows.findLastIndex((row) => isPieceThatCame(row, id));
    const row = rows[at];
    if (row?.kind === 'piece') rows[at] = change(row);
  }
}

function isPieceThatCame(row: Row, id: number): boolean {
  return row.kind === 'piece' && row.fate !== null && row.piece.id === id;
}

type WireEvent = Extract<
  LabEvent,
  {
    readonly type: 'came' | 'altered' | 'guessed' | 'went' | 'dropped' | 'queue' | 'cut' | 'understood' | 'outcome';
  }
>;

function newRun({ run, setting, attacks, capture }: Extract<LabEvent, { readonly type: 'run' }>): Run {
  const chair: Chair = { seat: null, lines: [] };
  return {
    run,
    setting,
    attacks,
    capture: capture ?? null,
    join: {},
    chairs: { client: chair, server: chair },
    rows: [],
    rowsGone: 0,
    queue: [],
    listener: null,
    playing: null,
    eventsGone: 0,
    guess: null,
    isCut: false,
  };
}

/** What became of a piece after something else than itself was sent on, or it was sent back. */
function fateAfter(deed: 'changed' | 'sent back', before: Fate | null): Fate | null {
  if (before !== 'held' && before !== 'on its way') return before;
  return deed === 'changed' ? 'replaced' : 'returned';
}

function cameRow(key: number, at: number, piece: WirePiece, held: boolean): PieceRow {
  const frames = { client: null, server: null, [piece.half]: piece.frame };
  return {
    kind: 'piece',
    key,
    at,
    piece,
    frames,
    deed: null,
    of: null,
    fate: held ? 'held' : 'on its way',
    altered: null,
    guess: null,
  };
}

/** The row with this key, among rows in the order of their keys. */
export function rowAt(rows: readonly Row[], key: number | null): Row | null {
  if (key === null) return null;
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.key ?? Infinity) < key) low = middle + 1;
    else high = middle;
  }
  const row = rows[low];
  return row?.key === key ? row : null;
}
