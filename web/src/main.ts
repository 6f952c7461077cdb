// The script of the form pages: what runs in a clerk's browser.
export {};
