// Copies a text to the clipboard. Browsers have `navigator.clipboard` in secure contexts alone, so on a
// page that comes over plain HTTP from another machine the text is selected and copied.
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
