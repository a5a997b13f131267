"""dbt as a process. A folder of its own: Python looks first for all modules in the folder of a program that it runs."""
