/* Starts Dash, once everything that it needs is there. */
window.renderer = new window.DashRenderer();
