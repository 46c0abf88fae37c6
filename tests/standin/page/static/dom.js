// Builds elements. Text only ever becomes a text node: nothing that came from an event is read as markup.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

export function show(parent, ...children) {
  parent.replaceChildren(...children);
}

export const loading = (text) => element('p', { class: 'loading', role: 'status' }, text);

export const empty = (text) => element('p', { class: 'empty', role: 'status' }, text);

export const failure = (text) => element('p', { class: 'failure', role: 'alert' }, text);
