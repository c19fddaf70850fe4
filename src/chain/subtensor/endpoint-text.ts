/** An endpoint as it may be shown: what can be a key (user, path, query) is left out. */
export function endpointText(endpoint: string): string {
  if (!URL.canParse(endpoint)) return 'an endpoint that is no URL';
  const { protocol, host } = new URL(endpoint);
  return `${protocol}//${host}`;
}

/** Text of somebody else's making without the endpoint's own: errors of a transport may repeat its URL. */
export function withoutEndpoint(text: string, endpoint: string): string {
  return text.replaceAll(endpoint, endpointText(endpoint));
}
