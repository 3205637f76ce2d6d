/* global Blob, URL, document, localStorage, window */
/* global formatAnswerSheet, holdsNumber, isRight, parseAnswerSheet, reasonAgainst */
// Lets the reader predict before the answer opens. Without this script, the questions can be read, and their answers
// opened. The functions named in the second line come from src/answers/, which the program puts in front of this file.
{
  const main = document.querySelector('main');
  const { run } = main.dataset;
  const PLACE = `servchat answers ${run}`;

  // What was answered about this run, in the order of time. The browser may refuse to keep it, or lose it.
  const kept = () => {
    try {
      const sheet = parseAnswerSheet(localStorage.getItem(PLACE));
      return sheet.run === run ? [...sheet.answers] : [];
    } catch {
      return [];
    }
  };
  let given = kept();
  let keeps = true;
  const keep = () => {
    try {
      if (given.length === 0) localStorage.removeItem(PLACE);
      else localStorage.setItem(PLACE, formatAnswerSheet({ run, answers: given }));
      keeps = true;
    } catch {
      keeps = false;
    }
  };

  const made = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, action, type = 'button') => {
    const element = made('button', { type, textContent: text });
    if (action !== null) element.addEventListener('click', action);
    return element;
  };

  const LABELS = {
    number: 'Your answer, a number',
    frame: 'Your answer, the number of a frame',
    text: 'Your answer, in words',
  };

  // The form of one question. `answer` gets what the reader locked in.
  const formOf = (box, question, answer) => {
    const form = made('form', { className: 'prediction-form' });
    const name = `${box.id}-choice`;
    const input = made('input', {
      type: 'text',
      required: true,
      maxLength: 2000,
      autocomplete: 'off',
      spellcheck: false,
    });
    if (question.kind === 'choice') {
      const items = [...box.querySelectorAll('.choices > li')];
      const fieldset = made('fieldset');
      fieldset.setAttribute('aria-labelledby', `${box.id}-asked`);
      for (const [at, item] of items.entries()) {
        const radio = made('input', { type: 'radio', name, value: String(at), required: true });
        const words = made('span', {}, ...[...item.childNodes].map((node) => node.cloneNode(true)));
        fieldset.append(made('label', {}, radio, words));
      }
      form.append(fieldset);
    } else {
      form.append(made('label', { className: 'typed' }, LABELS[question.kind], input));
      input.setAttribute('aria-describedby', `${box.id}-asked`);
      if (question.kind !== 'text') {
        input.addEventListener('input', () => {
          const fine = input.value.trim() === '' || holdsNumber(input.value);
          input.setCustomValidity(fine ? '' : 'Write a number, for example 12 or 0x0c');
        });
      }
    }
    form.append(button('Lock it in', null, 'submit'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = form.querySelector('input:checked')?.value;
      const words = question.kind === 'choice' ? question.choices[chosen] : input.value.trim();
      if (words !== undefined && words !== '') answer(words);
    });
    return form;
  };

  // What is said of an answer: a sign and a word, never a colour alone, and the reason.
  const verdictOf = (question, { answer }) => {
    if (question.key === null) return ['locked', '✓ Locked in.', `Your answer: ${answer}`];
    if (answer === null) return ['opened', 'You opened the answer before you predicted.', ''];
    const yours = question.kind === 'choice' ? '' : `You predicted: ${answer}.`;
    if (isRight(question, answer)) return ['right', '✓ Right.', yours];
    const reason = reasonAgainst(question, answer);
    return ['wrong', '✗ Not this time.', reason ?? yours];
  };

  const boxes = [...document.querySelectorAll('.prediction[data-question]')].map((box) => {
    const question = JSON.parse(box.dataset.question);
    const details = box.querySelector('details.predict');
    const summary = details?.querySelector('summary');
    const verdict = made('p', { className: 'verdict', tabIndex: -1 });
    const found = () => given.find(({ question: id }) => id === question.id);

    const name = () => {
      if (summary == null) return;
      const opening = found() === undefined ? 'Open the answer without a prediction' : 'Open the answer';
      summary.textContent = details.open ? 'Close the answer' : opening;
    };
    const lock = (answer) => {
      // Another tab may have kept more; and if the browser kept nothing, there is more here.
      const stored = kept();
      given = [...stored, ...given.filter(({ question: id }) => stored.every((each) => each.question !== id))];
      if (found() === undefined) {
        const right = question.key === null || answer === null ? null : isRight(question, answer);
        const time = new Date().toISOString();
        given.push({ question: question.id, asked: question.asked, answer, right, time });
        keep();
      }
      showAll();
    };
    const form = formOf(box, question, (answer) => {
      lock(answer);
      if (details !== null) details.open = true;
      verdict.focus();
    });
    box.querySelector('.choices, .asked:not(:has(+ .choices))').after(form, verdict);

    const tag = (item, kind, text) => item.append(' ', made('span', { className: `tag ${kind}`, textContent: text }));
    const show = () => {
      const answered = found();
      box.classList.toggle('asking', answered === undefined);
      verdict.replaceChildren();
      verdict.className = 'verdict';
      for (const each of box.querySelectorAll('.tag')) each.remove();
      if (answered === undefined) {
        form.reset();
      } else {
        const [kind, word, more] = verdictOf(question, answered);
        verdict.classList.add(kind);
        verdict.append(made('b', { textContent: word }), more === '' ? '' : ` ${more}`);
        for (const [at, item] of box.querySelectorAll('.choices > li').entries()) {
          const choice = question.choices[at];
          if (choice === answered.answer) tag(item, 'mine', 'your answer');
          if (question.key !== null && isRight(question, choice)) tag(item, 'right', 'right');
        }
      }
      name();
    };
    details?.addEventListener('toggle', () => {
      if (details.open && found() === undefined) lock(null);
      name();
    });
    return { question, found, show, close: () => details?.removeAttribute('open') };
  });

  // At the end: how many are answered, the file, and starting again.
  const sum = made('p');
  const trouble = made('p', { className: 'trouble', hidden: true });
  const score = made('p', { className: 'score' });
  const save = button('Save my answers as a file', () => {
    const address = URL.createObjectURL(
      new Blob([formatAnswerSheet({ run, answers: given })], { type: 'application/json' }),
    );
    made('a', {
      href: address,
      download: `${main.dataset.file ?? `servchat-answers-${run.slice(0, 8)}`}.json`,
    }).click();
    window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
  const again = button('Start again', () => ask(true));
  const sure = made('p', { className: 'sure', hidden: true });
  const ask = (open) => {
    sure.hidden = !open;
    again.hidden = open;
    (open ? sure.querySelector('button:last-child') : again).focus();
  };
  sure.append(
    made('span', { textContent: 'This forgets all your answers about this run.' }),
    button('Forget them', () => {
      given = [];
      keep();
      for (const { close } of boxes) close();
      showAll();
      ask(false);
    }),
    button('Keep them', () => ask(false)),
  );

  const showAll = () => {
    for (const { show } of boxes) show();
    const mine = boxes.map(({ found }) => found()).filter((answer) => answer != null && answer.answer !== null);
    const right = mine.filter((answer) => answer.right === true).length;
    const known = boxes.some(({ question }) => question.key !== null);
    const all = boxes.length;
    sum.textContent = `You answered ${mine.length} of ${all} questions${known ? `, ${right} of them right` : ''}.`;
    score.replaceChildren(
      made('a', { href: '#your-answers', textContent: 'Your answers' }),
      `: ${mine.length} of ${all}${known ? `, ${right} right` : ''}`,
    );
    save.disabled = given.length === 0;
    again.disabled = given.length === 0;
    trouble.hidden = keeps;
  };

  if (boxes.length > 0) {
    trouble.textContent = 'This browser does not keep your answers. Save them as a file before you leave the page.';
    const section = made(
      'section',
      { id: 'your-answers' },
      made('h2', { id: 'your-answers-title' }, made('a', { href: '#your-answers', textContent: 'Your answers' })),
      sum,
      made('p', {
        textContent:
          'They stay in this browser, and only for this run. If your teacher wants them, save them as a file and hand it in.',
      }),
      trouble,
      made('p', { className: 'actions' }, save, ' ', again),
      sure,
    );
    section.setAttribute('aria-labelledby', 'your-answers-title');
    const glossary = document.querySelector('#glossary');
    if (glossary === null) main.append(section);
    else glossary.before(section);
    document.querySelector('#contents')?.append(score);
    showAll();
    // Another tab with the same page.
    window.addEventListener('storage', ({ key }) => {
      if (key !== null && key !== PLACE) return;
      given = kept();
      showAll();
    });
  }
}
