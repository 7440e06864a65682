/** Creates an element with properties, text and children; text is never markup. */
export function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Creates a button. */
export function button(text: string, onclick: () => void, title = ''): HTMLButtonElement {
  return create('button', { type: 'button', title, onclick }, text);
}

/** Creates a labelled choice of one of several values. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  onChange: (value: string) => void,
): HTMLLabelElement {
  const select = create('select', {}, ...options.map(([value, text]) => create('option', { value }, text)));
  select.addEventListener('change', () => onChange(select.value));
  return create('label', {}, `${label} `, select);
}
