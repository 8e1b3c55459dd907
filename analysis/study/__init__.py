"""What is asked of many runs, from a study file to the tables that they leave.

`schema` is the study file, `design` and `variants` what varies, `checked` a study that was checked
against its scenario, `play` its runs, `asked` what is written down before the first of them,
`finish` the merged tables, `manifest` and `dictionary` what a folder says about itself. A run of a
scenario as it is is a study of one variant (`runs`).
"""
