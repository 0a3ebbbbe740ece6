#!/bin/sh
echo {{ name }}
