/* global document, IntersectionObserver, navigator, ResizeObserver, setTimeout, window */
// Makes the page easier to use. You can read the page without this script, because it needs no element that the script
// makes.

// When you press the button of a field, the field stays highlighted and its bytes scroll into view. The arrow keys move
// between fields. Pointing at a field, or focus, highlights it with CSS alone.
for (const view of document.querySelectorAll('figure.bytes')) {
  const buttons = [...view.querySelectorAll('button[data-field]')];
  const hex = view.querySelector('.hex');
  const keep = (field) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.field === field));
    for (const each of view.querySelectorAll('[data-field]:not(button)'))
      each.classList.toggle('kept', each.dataset.field === field);
    const first = hex.querySelector('.kept');
    if (first === null) return;
    // Scroll only the bytes. If the page scrolled too, the reader would lose the place in the list of fields.
    const above = first.getBoundingClientRect().top - hex.getBoundingClientRect().top;
    if (above < 0 || above > hex.clientHeight - 30) hex.scrollTop += above - hex.clientHeight / 3;
  };
  view.addEventListener('click', ({ target }) => {
    const field = target.closest('.stretch[data-field], button[data-field]')?.dataset.field;
    if (field === undefined) return;
    const pressed = buttons.find((button) => button.dataset.field === field)?.getAttribute('aria-pressed') === 'true';
    keep(pressed ? undefined : field);
    if (!pressed) view.querySelector(`li[data-field="${field}"]`).scrollIntoView({ block: 'nearest' });
  });
  view.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Escape') keep(undefined);
    if (at === -1 || to === undefined || buttons[to] === undefined) return;
    event.preventDefault();
    buttons[to].focus();
  });
}

// Adds a button to copy each command and filter. A page opened as a file may have no clipboard. Then the text is
// selected, and the reader presses Ctrl+C.
const said = document.createElement('p');
said.className = 'unseen';
said.setAttribute('role', 'status');
document.body.append(said);

const copy = async (code) => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    window.getSelection().selectAllChildren(code);
    return document.execCommand('copy');
  }
};

for (const code of document.querySelectorAll('pre > code')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', `Copy: ${code.textContent.slice(0, 80)}`);
  button.addEventListener('click', async () => {
    const copied = await copy(code);
    button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
    said.textContent = copied ? 'Copied' : 'The text is marked. Press Ctrl+C to copy it.';
    setTimeout(() => {
      button.textContent = 'Copy';
      said.textContent = '';
    }, 2500);
  });
  code.parentElement.append(button);
}

// Plays the chats again, in a window over the page. The page that plays them is a document of its own. In its frame it
// cannot reach this page, nor the answers that the browser keeps for it.
const replay = document.querySelector('#replay');
if (replay !== null) {
  const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const page = replay.querySelector('#replay-page');
  const dialog = made('dialog', { className: 'replay' });
  dialog.setAttribute('aria-label', 'The chats, played again');
  const close = made('button', { type: 'button', textContent: 'Close' });
  const open = made('button', { type: 'button', className: 'open-replay', textContent: 'Play the chats again' });
  open.addEventListener('click', () => {
    const frame = made('iframe', { title: 'The chats, played again', srcdoc: JSON.parse(page.textContent) });
    frame.setAttribute('sandbox', 'allow-scripts');
    dialog.replaceChildren(close, frame);
    dialog.showModal();
  });
  close.addEventListener('click', () => dialog.close());
  // Nothing plays on behind the page.
  dialog.addEventListener('close', () => dialog.replaceChildren());
  page.before(open);
  document.body.append(dialog);
}

// Adds a button that opens all answers, for a teacher and for printing.
const answers = [...document.querySelectorAll('details.predict')];
if (answers.length > 0) {
  const all = document.createElement('p');
  all.className = 'all-answers';
  const button = document.createElement('button');
  button.type = 'button';
  const name = () => {
    button.textContent = answers.every(({ open }) => open) ? 'Close all answers' : 'Open all answers';
  };
  button.addEventListener('click', () => {
    const open = !answers.every((each) => each.open);
    for (const each of answers) each.open = open;
    name();
  });
  for (const each of answers) each.addEventListener('toggle', name);
  name();
  all.append(
    button,
    ' For teachers and for paper. You cannot predict any more what you have seen. Printed, a closed answer leaves room to tick or write.',
  );
  document.querySelector('#contents')?.append(all);
}

// Closes the list of chapters over the page when the reader chooses one.
const contents = document.querySelector('#contents');
contents?.addEventListener('click', ({ target }) => {
  if (target.closest('a') !== null) contents.hidePopover?.();
});

// Marks the current chapter in the list.
const links = new Map([...(contents?.querySelectorAll('a') ?? [])].map((link) => [link.hash.slice(1), link]));
const reading = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) links.get(target.id)?.setAttribute('aria-current', 'true');
      else links.get(target.id)?.removeAttribute('aria-current');
    }
  },
  { rootMargin: '-30% 0px -69% 0px' },
);
for (const section of document.querySelectorAll('main > section')) reading.observe(section);

// A box that scrolls says where there is more. At its end there is more only in the other direction.
const atEnd = ({ target }) => {
  const right = target.scrollWidth - target.clientWidth - target.scrollLeft;
  const below = target.scrollHeight - target.clientHeight - target.scrollTop;
  target.classList.toggle('end', right < 2 && below < 2);
};

// Lets the keyboard scroll boxes that are too wide or too high, and shows that there is more.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    atEnd({ target });
    const wide = target.scrollWidth > target.clientWidth + 1;
    const more = wide || target.scrollHeight > target.clientHeight + 1;
    target.classList.toggle('wide', wide);
    target.classList.toggle('tall', !wide && more && target.className.includes('hex'));
    if (more) target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
    if (target.className.includes('hex')) continue;
    if (wide) target.setAttribute('role', 'group');
    else target.removeAttribute('role');
    if (wide)
      target.setAttribute('aria-label', `${target.querySelector('caption')?.textContent ?? 'Table'}: scrolls sideways`);
    else target.removeAttribute('aria-label');
  }
});
for (const each of document.querySelectorAll('.scroll, .hex')) {
  watch.observe(each);
  each.addEventListener('scroll', atEnd, { passive: true });
}
