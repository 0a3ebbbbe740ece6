#!/bin/sh
echo from json
