"""Conf files: their text, their layers, who may see them, and the names that exist."""

from standin.conf.configuration import App, Configuration
from standin.conf.errors import ConfError, Problem, UnknownConf, UnsupportedConf
from standin.conf.text import Setting, is_true

__all__ = ["App", "ConfError", "Configuration", "Problem", "Setting", "UnknownConf", "UnsupportedConf", "is_true"]
