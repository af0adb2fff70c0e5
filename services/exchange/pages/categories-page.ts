import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { CategoryMark } from './message-rows.ts'
import { type SettingsFrame, settingsPage } from './settings-page.ts'

export interface CategoriesView extends SettingsFrame {
  readonly categories: readonly CategoryMark[]
  readonly colours: readonly (readonly [preset: number, name: string])[]
}

export function categoriesPage(view: CategoriesView): PageView {
  const canary = html`<input type="hidden" name="X-OWA-CANARY" value="${view.canary}">`
  const rows = view.categories.map((category, index) => categoryRow(category, index, view, canary))
  const content = html`<form class="toolbar" method="post" action="${view.action}" data-testid="addCategory">${canary}<span class="move"><label for="name">New category</label> <input id="name" name="name" type="text" maxlength="255" autocomplete="off" required> <label for="colour">Colour</label> ${colourSelect('colour', 0, view)} <button type="submit" name="action" value="addCategory">Add</button></span></form>
<ul class="rows folder-rows">${rows}</ul><p class="note">Messages keep a category that is removed here.</p>`
  return settingsPage(view, 'Categories', content)
}

function categoryRow({ name, preset }: CategoryMark, index: number, view: CategoriesView, canary: Html): Html {
  const id = `colour-${index}`
  const hiddenName = html`<span class="hidden"> ${name}</span>`
  return html`<li data-testid="category-row"><form class="toolbar" method="post" action="${view.action}">${canary}<input type="hidden" name="name" value="${name}"><span class="name"><span class="category${preset >= 0 && ` preset-${preset}`}">${name}</span></span> <label class="hidden" for="${id}">Colour of ${name}</label>${colourSelect(id, preset, view)} <button type="submit" name="action" value="colourCategory">Change colour${hiddenName}</button> <button type="submit" name="action" value="removeCategory">Remove${hiddenName}</button></form></li>`
}

function colourSelect(id: string, chosen: number, { colours }: CategoriesView): Html {
  return html`<select id="${id}" name="colour">${colours.map(([preset, name]) => html`<option value="${preset}"${preset === chosen && html` selected`}>${name}</option>`)}</select>`
}
