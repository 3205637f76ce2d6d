export const TITLE = 'What a listener can read';
