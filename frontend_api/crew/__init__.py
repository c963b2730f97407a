"""Worker processes: one a core, for the work that is too much for one."""

from frontend_api.crew.processes import ProcessCrew, Setup, cores
from frontend_api.crew.warm import WarmCrew

__all__ = ["ProcessCrew", "Setup", "WarmCrew", "cores"]
