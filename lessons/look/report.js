/* global document */
// A field of a byte view stays lit when its button is pressed, and the arrow keys go from field to field. Without this
// script the page still lights a field, its bytes and its explanation by pointing or focus: that is in the style.
for (const view of document.querySelectorAll('figure.bytes')) {
  const buttons = [...view.querySelectorAll('button[data-field]')];
  const press = (field) => {
    for (const button of buttons) {
      const pressed = button.dataset.field === field && button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(pressed));
    }
  };
  view.addEventListener('click', ({ target }) => {
    const field = target.closest('.stretch[data-field], button[data-field]')?.dataset.field;
    if (field !== undefined) press(field);
  });
  view.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Escape') press(undefined);
    if (at === -1 || to === undefined || buttons[to] === undefined) return;
    event.preventDefault();
    buttons[to].focus();
  });
}
