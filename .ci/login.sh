#!/usr/bin/env bash
# To be sourced: let git speak to SERVER as LOGIN with TOKEN, in this process and its children, written nowhere.
GIT_CONFIG_COUNT=1
GIT_CONFIG_KEY_0="http.${SERVER%/}/.extraheader"
GIT_CONFIG_VALUE_0="Authorization: Basic $(printf '%s:%s' "$LOGIN" "$TOKEN" | base64 -w0)"
export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_TERMINAL_PROMPT=0
