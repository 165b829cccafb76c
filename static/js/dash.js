/* What the scripts and Dash tell each other: functions that Dash calls, and values put into it. */

const space = (name) => {
  window.dash_clientside ??= {};
  window.dash_clientside[name] ??= {};
  return window.dash_clientside[name];
};

/* Functions by name; what they return is for nobody. */
export const answer = (name, functions) => {
  for (const [key, call] of Object.entries(functions)) {
    space(name)[key] = (...given) => { call(...given); return window.dash_clientside.no_update; };
  }
};
export const put = (id, props) => window.dash_clientside.set_props(id, props);
